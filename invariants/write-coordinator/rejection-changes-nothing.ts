// WC-13: a call that throws or rejects leaves tip, index, batch and files unchanged (except `WC_FAILED`).
//
// `validate` changes nothing whatever it says. A call on a coordinator that had failed before changes nothing either. Others may run while a call takes
// steps, so it is judged if it took none, which a call that is refused does not, or if its caller was alone all the while. A `create` or `recover` that
// finds the store not to its taste leaves the bytes of the three files as they were.
//
// Cost: nothing after a step; a copy of the coordinator's whole state when a call begins, and another when it is refused.

import type { HistoryEvent, Invariant } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import { type CallEvent, CREATE, codeOf, isRefusal, RECOVER, VALIDATE } from './coordinator-events.js'
import type { Coordinator, CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'
import { areEqual, copyState, type StateCopy, stateText } from './state-copy.js'

const FILES = ['capsules', 'proofs', 'markers'] as const

/** Codes with which a store that holds something else is refused. */
const REFUSED_STORE: readonly (string | undefined)[] = ['WC_CORRUPT_LOG', 'WC_RECOVERY_REQUIRED', 'BAD_ARGUMENT']

interface Before {
  readonly coordinator: Coordinator | undefined
  readonly hadFailed: boolean
  /** Undefined where there was no coordinator, and for a call that makes one. */
  readonly state: StateCopy | undefined
  readonly diskVersion: number
  /** Contents of the files, for calls that take steps before they refuse. */
  readonly files: readonly Uint8Array[]
  /** Whether no other peer was in a call since. */
  isAlone: boolean
}

/** WC-13: a refusal leaves no trace. */
export function rejectionChangesNothing<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const calls = new CallsInFlight()
  /** By peer. */
  const befores = new Map<number, Before>()

  function judge(event: HistoryEvent, call: CallEvent, before: Before, view: CoordinatorView): string | undefined {
    const told = outcomeToJudge(event, call, before)
    if (told === undefined) return undefined
    if (isOfStore(call)) return event.kind === 'throw' ? changedFile(told, before, view) : undefined
    const { coordinator, disk } = view
    if (coordinator !== before.coordinator || coordinator === undefined) return undefined
    if (event.step !== call.step && !before.isAlone) return undefined
    if (disk.version !== before.diskVersion) return `${told}, but files have changed`
    if (before.state === undefined) return undefined
    const state = copyState(coordinator)
    return areEqual(before.state, state) ? undefined : `${told}, but its state went from ${stateText(before.state)} to ${stateText(state)}`
  }

  return {
    name: 'rejection-changes-nothing',
    begin() {
      calls.begin()
      befores.clear()
    },
    onEvent(event, _history, world) {
      const call = calls.note(event)
      if (event.kind === 'power failure') befores.clear()
      if (event.kind === 'invoke') {
        for (const [peer, before] of befores) if (peer !== event.peer && calls.of(peer) !== undefined) before.isAlone = false
        befores.set(event.peer, remember(calls.of(event.peer) as CallEvent, viewOf(world), calls.count === 1))
      }
      const before = befores.get(event.peer)
      return call === undefined || before === undefined ? undefined : judge(event, call, before, viewOf(world))
    },
  }
}

/** What the call came to, in words, if it must have changed nothing. */
function outcomeToJudge(event: HistoryEvent, call: CallEvent, before: Before): string | undefined {
  const { operation } = call
  if (event.kind === 'return') {
    if (operation === VALIDATE) return 'validate returned'
    return isRefusal(call, event.data) ? `${operation} rejected` : undefined
  }
  const code = codeOf(event.data)
  if (isOfStore(call)) return REFUSED_STORE.includes(code) ? `${operation} threw ${code}` : undefined
  return code === 'WC_FAILED' && !before.hadFailed ? undefined : `${operation} threw ${code ?? 'an error without a code'}`
}

function isOfStore({ operation }: CallEvent): boolean {
  return operation === CREATE || operation === RECOVER
}

function remember(call: CallEvent, view: CoordinatorView, isAlone: boolean): Before {
  const { coordinator, disk } = view
  return {
    coordinator,
    hadFailed: coordinator?.state === 'failed',
    state: coordinator === undefined || isOfStore(call) ? undefined : copyState(coordinator),
    diskVersion: disk.version,
    files: isOfStore(call) ? contentsOf(view) : [],
    isAlone,
  }
}

function contentsOf({ disk, directory }: CoordinatorView): Uint8Array[] {
  return FILES.map((name) => disk.view(`${directory}/${name}`)?.current.slice() ?? new Uint8Array(0))
}

function changedFile(told: string, before: Before, view: CoordinatorView): string | undefined {
  const after = contentsOf(view)
  const changed = FILES.find((_name, at) => Buffer.compare(before.files[at] as Uint8Array, after[at] as Uint8Array) !== 0)
  return changed === undefined ? undefined : `${told}, but ${changed} has changed`
}

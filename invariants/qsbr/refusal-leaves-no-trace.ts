// QS-10: a call that throws an argument or state error changes neither word nor bags.
//
// The scenario announces each call that must throw (EXPECTING_REFUSAL) and says how it ended (REFUSED or ACCEPTED). The caller's own state is
// compared always, the word where no other peer was inside a call meanwhile.
//
// Cost: nothing after a step.

import type { HistoryEvent, Invariant } from '../../sim/invariant.js'
import { type ExecutorSnapshot, type ManagerMemory, type QsbrView, type QsbrViewOf, setText } from './manager-memory.js'
import { ACCEPTED, EXPECTING_REFUSAL, REFUSED } from './qsbr-events.js'
import { RetirementLedger } from './retirement-ledger.js'

interface Expectation {
  readonly call: string
  readonly sets: number
  readonly epoch: number
  readonly own: ExecutorSnapshot | undefined
  /** Whether nobody else could change the word. */
  alone: boolean
}

/** QS-10: a call that must throw does, and changes nothing. */
export function refusalLeavesNoTrace<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  const ledger = new RetirementLedger()
  /** By peer. */
  const expected = new Map<number, Expectation>()

  function judge(event: HistoryEvent, view: QsbrView): string | undefined {
    const { peer, name } = event
    if (name === EXPECTING_REFUSAL) {
      expected.set(peer, {
        call: String(event.data),
        sets: view.memory.sets,
        epoch: view.memory.epoch,
        own: view.executors[peer]?.inspect(),
        alone: isAlone(ledger, peer),
      })
      return undefined
    }
    const before = expected.get(peer)
    if (before === undefined || (name !== REFUSED && name !== ACCEPTED)) return undefined
    expected.delete(peer)
    const change = changeSince(before, peer, view)
    if (name === ACCEPTED) return `${before.call} was accepted${change === undefined ? '' : `, and ${change}`}; expected it to throw`
    return change === undefined ? undefined : `${before.call} was refused, but ${change}`
  }

  return {
    name: 'refusal-leaves-no-trace',
    begin() {
      ledger.begin()
      expected.clear()
    },
    onEvent(event, _history, world) {
      ledger.note(event)
      for (const [peer, expectation] of expected) if (!isAlone(ledger, peer)) expectation.alone = false
      return event.kind === 'event' ? judge(event, viewOf(world)) : undefined
    },
  }
}

function isAlone(ledger: RetirementLedger, peer: number): boolean {
  return (ledger.calling & ~(1 << peer)) === 0
}

function changeSince(before: Expectation, peer: number, { memory, executors }: QsbrView): string | undefined {
  const own = executors[peer]?.inspect()
  if (!isSame(own, before.own)) return `the local manager went from ${JSON.stringify(before.own)} to ${JSON.stringify(own)}`
  if (!before.alone || (memory.sets === before.sets && memory.epoch === before.epoch)) return undefined
  return `the word went from epoch ${before.epoch} to ${wordText(memory)}`
}

function isSame(one: ExecutorSnapshot | undefined, other: ExecutorSnapshot | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.executorId === other.executorId &&
    one.phase === other.phase &&
    one.localEpoch === other.localEpoch &&
    one.passed === other.passed &&
    one.openSize === other.openSize &&
    one.closedBags.length === other.closedBags.length &&
    one.closedBags.every(({ tag, size }, at) => tag === other.closedBags[at]?.tag && size === other.closedBags[at]?.size)
  )
}

function wordText(memory: ManagerMemory): string {
  return `epoch ${memory.epoch}, registered ${setText(memory.registered)}, pending ${setText(memory.pending)}`
}

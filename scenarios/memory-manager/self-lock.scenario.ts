// Calls that a peer makes against its own guard, and others that the manager must refuse: each throws at once and changes nothing.

import { type PeerHandle, scenario } from 'heddle'
import { refusalChangesNothing, slotEvents } from 'heddle/invariants'
import { nobodyWaitsForNothing, refusalLeavesNothing } from '../../invariants/memory-manager/public.js'
import { INVALID_TOKEN, type MessageToken } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoBorrowCheckManager } from '../known-bad/memory-manager/no-borrow-check.js'
import type { AnyGuard, ManagerUser } from './manager-user.js'
import { locate, ManagerWorld, memoryOf, PAYLOAD_BYTES, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

const CAPACITY = 1
const OTHER = 1
const SLOTS = 65_536

export function selfLock(subject: Subject) {
  return scenario<ManagerWorld>(nameFor('mm-self-lock', subject), {
    about: 'one peer asks for a second guard, frees under its own, and calls with what cannot be',
    peers: 1,
    setup: () => new ManagerWorld(subject, CAPACITY, 2),
    peer(world, me) {
      const user = userOf(world, me)
      const token = user.store(payloadOf(1))
      if (token === undefined) throw new Error('expected a fresh manager to have a slot, got none')
      const caller: Caller = { me, user, token, guard: undefined }
      for (const open of OPENINGS) underOwnGuard(caller, open)
      for (const [code, call] of WHAT_CANNOT_BE) mustRefuse(caller, code, call)
      for (const [code, what, call] of CALLS_OF_THE_MANAGER) mustThrow(caller, code, what, call)
      user.free(token)
      for (const [code, call] of AFTER_THE_FREE) mustRefuse(caller, code, call)
    },
    ...judgedBy(subject, [refusalChangesNothing(memoryOf), refusalLeavesNothing(memoryOf), nobodyWaitsForNothing(memoryOf)], []),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Who calls, and with what. */
interface Caller {
  readonly me: PeerHandle
  readonly user: ManagerUser
  readonly token: MessageToken
  /** The one that was opened last. */
  guard: AnyGuard | undefined
}

type Call = (caller: Caller) => unknown

// The calls stand in tables that are made once: a function that is made for each call costs as much as ten steps.

const OPENINGS: readonly ((caller: Caller) => AnyGuard | undefined)[] = [
  ({ user, token }) => user.read(token),
  ({ user, token }) => user.peek(token),
  ({ user, token }) => user.write(token),
]

const UNDER_OWN_GUARD: readonly (readonly [code: string, call: Call])[] = [
  ['MM_ALREADY_BORROWED', ({ user, token }) => user.write(token)],
  ['MM_ALREADY_BORROWED', ({ user, token }) => user.read(token)],
  ['MM_ALREADY_BORROWED', ({ user, token }) => user.peek(token)],
  ['MM_BORROW_ACTIVE', ({ user, token }) => user.free(token)],
]

/** While there is a message in the only slot. */
const WHAT_CANNOT_BE: readonly (readonly [code: string, call: Call])[] = [
  ['MM_NO_FREE_SLOTS', ({ user }) => user.store(payloadOf(2))],
  ['MM_PAYLOAD_TOO_LARGE', ({ user }) => user.store(new Uint8Array(PAYLOAD_BYTES + 1))],
  ['MM_BAD_TOKEN', ({ user }) => user.free(INVALID_TOKEN)],
  ['MM_BAD_TOKEN', ({ user, token }) => user.free((token + 1) as MessageToken)],
  ['MM_BAD_TOKEN', ({ user, token }) => user.read((token + 0.5) as MessageToken)],
  ['MM_STALE_TOKEN', ({ user, token }) => user.free((token + SLOTS) as MessageToken)],
]

/** Those that a user has no events for, with what they are. */
const CALLS_OF_THE_MANAGER: readonly (readonly [code: string, what: string, call: Call])[] = [
  ['PEER_STATE', 'store for a peer of another handle', ({ user }) => user.manager.storeShared({ header: {}, payload: payloadOf(2) }, OTHER)],
  ['PEER_STATE', 'free by a peer of another handle', ({ user, token }) => user.manager.freeShared(token, OTHER)],
  ['PEER_STATE', 'recovery of a living peer', ({ user }) => user.manager.recoverPeer(OTHER, user.as)],
  ['PEER_STATE', 'recovery of oneself', ({ user }) => user.manager.recoverPeer(user.as, user.as)],
  ['PEER_STATE', 'leave with a message', leave],
  ['BAD_ARGUMENT', 'a copy to too few bytes', ({ user, token }) => user.manager.copyMessage(token, user.as, new Uint8Array(1))],
]

const AFTER_THE_FREE: readonly (readonly [code: string, call: Call])[] = [
  ['MM_NOT_ALLOCATED', ({ user, token }) => user.free(token)],
  ['MM_NOT_ALLOCATED', ({ user, token }) => user.adopt(token)],
  ['MM_NOT_ALLOCATED', ({ user, token }) => user.read(token)],
]

function leave({ user }: Caller): void {
  user.manager.leavePeer(user.as)
}

function releaseAgain({ guard }: Caller): void {
  guard?.release()
}

/** Read then readMut, read then free, and the other pairs. */
function underOwnGuard(caller: Caller, open: (caller: Caller) => AnyGuard | undefined): void {
  const { user } = caller
  const guard = open(caller)
  if (guard === undefined) throw new Error(`expected a guard, got ${user.refusal}`)
  caller.guard = guard
  for (const [code, call] of UNDER_OWN_GUARD) mustRefuse(caller, code, call)
  mustThrow(caller, 'PEER_STATE', 'leave with a guard', leave)
  user.release(guard)
  mustThrow(caller, 'RELEASED', 'a second release', releaseAgain)
}

/** A call of the user's that must be refused with this code. */
function mustRefuse(caller: Caller, code: string, call: Call): void {
  const { me, user } = caller
  me.event(slotEvents.EXPECTING_REFUSAL, `the call that ends with ${code}`)
  call(caller)
  me.event(user.refusal === code ? slotEvents.REFUSED : slotEvents.ACCEPTED, user.refusal)
}

/** Errors other than the expected one propagate. */
function mustThrow(caller: Caller, code: string, what: string, call: Call): void {
  const { me } = caller
  me.event(slotEvents.EXPECTING_REFUSAL, what)
  try {
    call(caller)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error
    me.event(slotEvents.REFUSED, code)
    return
  }
  me.event(slotEvents.ACCEPTED, what)
}

export default [
  selfLock(good),
  selfLock({
    name: 'no-borrow-check',
    manager: NoBorrowCheckManager,
    knownBad: {
      breaks: ['nobody-waits-for-nothing'],
      because: 'a peer waits for its own guard',
      hazard: 'memory-manager H5',
      preemptions: 0,
      within: 1,
    },
    without: ['refusal-changes-nothing', 'refusal-leaves-nothing'],
  }),
]

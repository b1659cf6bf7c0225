// Calls that a peer makes against its own guard, and others that the manager must refuse: each throws at once and changes nothing.

import { type PeerHandle, scenario } from 'heddle'
import { refusalChangesNothing, slotEvents } from 'heddle/invariants'
import { nobodyWaitsForNothing, refusalLeavesNothing } from '../../invariants/memory-manager/public.js'
import { INVALID_TOKEN, type MessageToken } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoBorrowCheckManager } from '../known-bad/memory-manager/no-borrow-check.js'
import type { ManagerUser } from './manager-user.js'
import { locate, type ManagerWorld, managerWorld, memoryOf, PAYLOAD_BYTES, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

const CAPACITY = 1
const OTHER = 1
const SLOTS = 65_536

export function selfLock(subject: Subject) {
  return scenario<ManagerWorld>(nameFor('mm-self-lock', subject), {
    about: 'one peer asks for a second guard, frees under its own, and calls with what cannot be',
    peers: 1,
    setup: () => managerWorld(subject, CAPACITY, 2),
    peer(world, me) {
      const user = userOf(world, me)
      const token = user.store(payloadOf(1))
      if (token === undefined) throw new Error('expected a fresh manager to have a slot, got none')
      underOwnGuard(me, user, token)
      withWhatCannotBe(me, user, token)
      user.free(token)
      mustRefuse(me, user, 'MM_NOT_ALLOCATED', () => user.free(token))
      mustRefuse(me, user, 'MM_NOT_ALLOCATED', () => user.adopt(token))
      mustRefuse(me, user, 'MM_NOT_ALLOCATED', () => user.read(token))
    },
    ...judgedBy(subject, [refusalChangesNothing(memoryOf), refusalLeavesNothing(memoryOf), nobodyWaitsForNothing(memoryOf)], []),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Read then readMut, read then free, and the other pairs. */
function underOwnGuard(me: PeerHandle, user: ManagerUser, token: MessageToken): void {
  for (const open of [() => user.read(token), () => user.peek(token), () => user.write(token)]) {
    const guard = open()
    if (guard === undefined) throw new Error(`expected a guard, got ${user.refusal}`)
    mustRefuse(me, user, 'MM_ALREADY_BORROWED', () => user.write(token))
    mustRefuse(me, user, 'MM_ALREADY_BORROWED', () => user.read(token))
    mustRefuse(me, user, 'MM_ALREADY_BORROWED', () => user.peek(token))
    mustRefuse(me, user, 'MM_BORROW_ACTIVE', () => user.free(token))
    mustThrow(me, 'leave with a guard', 'PEER_STATE', () => user.manager.leavePeer(user.as))
    user.release(guard)
    mustThrow(me, 'a second release', 'RELEASED', () => guard.release())
  }
}

function withWhatCannotBe(me: PeerHandle, user: ManagerUser, token: MessageToken): void {
  const { manager, as } = user
  mustRefuse(me, user, 'MM_NO_FREE_SLOTS', () => user.store(payloadOf(2)))
  mustRefuse(me, user, 'MM_PAYLOAD_TOO_LARGE', () => user.store(new Uint8Array(PAYLOAD_BYTES + 1)))
  mustRefuse(me, user, 'MM_BAD_TOKEN', () => user.free(INVALID_TOKEN))
  mustRefuse(me, user, 'MM_BAD_TOKEN', () => user.free((token + 1) as MessageToken))
  mustRefuse(me, user, 'MM_BAD_TOKEN', () => user.read((token + 0.5) as MessageToken))
  mustRefuse(me, user, 'MM_STALE_TOKEN', () => user.free((token + SLOTS) as MessageToken))
  mustThrow(me, 'store for a peer of another handle', 'PEER_STATE', () => manager.storeShared({ header: {}, payload: payloadOf(2) }, OTHER))
  mustThrow(me, 'free by a peer of another handle', 'PEER_STATE', () => manager.freeShared(token, OTHER))
  mustThrow(me, 'recovery of a living peer', 'PEER_STATE', () => manager.recoverPeer(OTHER, as))
  mustThrow(me, 'recovery of oneself', 'PEER_STATE', () => manager.recoverPeer(as, as))
  mustThrow(me, 'leave with a message', 'PEER_STATE', () => manager.leavePeer(as))
  mustThrow(me, 'a copy to too few bytes', 'BAD_ARGUMENT', () => manager.copyMessage(token, as, new Uint8Array(1)))
}

/** A call of the user's that must be refused with this code. */
function mustRefuse(me: PeerHandle, user: ManagerUser, code: string, run: () => unknown): void {
  me.event(slotEvents.EXPECTING_REFUSAL, `the call that ends with ${code}`)
  run()
  me.event(user.refusal === code ? slotEvents.REFUSED : slotEvents.ACCEPTED, user.refusal)
}

/** Errors other than the expected one propagate. */
function mustThrow(me: PeerHandle, call: string, code: string, run: () => unknown): void {
  me.event(slotEvents.EXPECTING_REFUSAL, call)
  try {
    run()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error
    me.event(slotEvents.REFUSED, code)
    return
  }
  me.event(slotEvents.ACCEPTED, call)
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

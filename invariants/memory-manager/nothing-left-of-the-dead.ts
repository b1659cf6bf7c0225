// MM-10: listed + READY with non-dead owner = capacity, and no lock word names, counts or flags a dead peer, once every dead peer is
// recovered.
//
// Said of each slot: at the end it is listed, or READY and of a LIVE peer; and its lock word has exactly the guards that living peers hold
// by the ghost record. Checked at the end, if every peer that crashed was recovered; otherwise it says nothing.
//
// Cost: nothing after a step; three words for each slot at the end.

import type { Invariant } from '../../sim/invariant.js'
import { ManagerLedger, READ_GUARD, WRITE_GUARD } from './manager-ledger.js'
import {
  DIRTY,
  generationOf,
  type ManagerWords,
  type ManagerWordsOf,
  ownerOf,
  pendingOf,
  READY,
  readerSetOf,
  STATE_LIVE,
  stateOf,
  writerOf,
} from './manager-words.js'

/** MM-10: when all who died are recovered, no slot is lost and no lock is held by anybody but the living. */
export function nothingLeftOfTheDead<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()
  let marks = new Int32Array(0)

  return {
    name: 'nothing-left-of-the-dead',
    begin(world) {
      const memory = memoryOf(world)
      ledger.begin(memory)
      if (marks.length !== memory.capacity) marks = new Int32Array(memory.capacity)
    },
    onEvent(event) {
      ledger.note(event)
      return undefined
    },
    atEnd(world) {
      const memory = memoryOf(world)
      if (memory.anyDead() || anyUnrecovered(ledger)) return undefined
      if (memory.recoveryHolder() >= 0) return `${memory.recoveryHolder()} still holds the recovery lock, and no peer can move any more`
      marks.fill(0)
      memory.markListed(marks, 1)
      for (let slot = 0; slot < memory.capacity; slot++) {
        const message = (marks[slot] === 1 ? undefined : judgeSlot(memory, slot)) ?? judgeLock(memory, ledger, slot)
        if (message !== undefined) return message
      }
      return undefined
    },
  }
}

/** Whether a peer that crashed, and had used the manager, was not recovered. */
function anyUnrecovered(ledger: ManagerLedger): boolean {
  for (let peer = 0; peer < ledger.peerLimit; peer++) if (ledger.dead[peer] === 1 && (ledger.as[peer] as number) >= 0) return true
  return false
}

/** What is wrong with a slot that is not listed. */
function judgeSlot(memory: ManagerWords, slot: number): string | undefined {
  const word = memory.word(slot)
  if (stateOf(word) !== READY) return `slot ${slot} is lost: it holds no message, is not listed, and no peer can move any more`
  const owner = ownerOf(word)
  if (memory.peerState(owner) === STATE_LIVE) return undefined
  return `slot ${slot} is lost: its message, of generation ${generationOf(word)}, belongs to ${owner}, which is not there any more`
}

function judgeLock(memory: ManagerWords, ledger: ManagerLedger, slot: number): string | undefined {
  let readers = 0
  let writer = -1
  for (let peer = 0; peer < ledger.peerLimit; peer++) {
    const guard = ledger.guard(peer, slot)
    const as = ledger.as[peer] as number
    if (guard === READ_GUARD) readers |= 1 << as
    if (guard === WRITE_GUARD) writer = as
  }
  const lock = memory.lock(slot)
  if (readerSetOf(lock) !== readers) return `the lock of slot ${slot} has readers ${setText(readerSetOf(lock))}, but ${setText(readers)} hold guards`
  if (writerOf(lock) !== writer) return `the lock of slot ${slot} has writer ${nameText(writerOf(lock))}, but ${nameText(writer)} holds a guard`
  if (pendingOf(lock) !== -1) return `the lock of slot ${slot} waits for writer ${pendingOf(lock)}, and no peer can move any more`
  if ((lock & DIRTY) !== 0 && writer === -1) return `the lock of slot ${slot} is DIRTY, but nobody writes`
  return undefined
}

function setText(set: number): string {
  const peers: number[] = []
  for (let peer = 0; peer < 16; peer++) if ((set & (1 << peer)) !== 0) peers.push(peer)
  return peers.length === 0 ? 'none' : peers.join(', ')
}

function nameText(peer: number): string {
  return peer === -1 ? 'none' : String(peer)
}

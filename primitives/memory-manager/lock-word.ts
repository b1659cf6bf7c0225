// The lock word of a slot. Readers are a set with one bit for each peer, not a number, so that a dead reader can be taken out; a waiting
// writer has its name in the word, so that a dead one can be taken out too.
//
//   bits  0..15  reader set
//   bits 16..20  writer + 1
//   bits 21..25  pending writer + 1: it keeps new readers and other writers out until it is in
//   bit  26      DIRTY: a write guard was handed out, and is not released
//   bit  27      POISONED: a write guard ended without release; the message may be half-written
//   bit  28      SLEEPERS: somebody may sleep on this word
//
// DIRTY is apart from the writer because freeShared takes the write lock too, and changes no byte of the message: a peer that dies with
// the lock alone has broken nothing.

const READERS_MASK = 0xffff
const PEER_MASK = 0x1f
const WRITER_SHIFT = 16
const PENDING_SHIFT = 21
const WRITER_MASK = PEER_MASK << WRITER_SHIFT
const PENDING_MASK = PEER_MASK << PENDING_SHIFT

export const DIRTY = 1 << 26
export const POISONED = 1 << 27
export const SLEEPERS = 1 << 28

const PEERS = 16

export function readerBitOf(peer: number): number {
  return 1 << peer
}

export function writerFieldOf(peer: number): number {
  return (peer + 1) << WRITER_SHIFT
}

export function pendingFieldOf(peer: number): number {
  return (peer + 1) << PENDING_SHIFT
}

/** The readers as a set: bit n is peer n. */
export function readerSetOf(lock: number): number {
  return lock & READERS_MASK
}

/** The readers' ids, ascending. */
export function readersOf(lock: number): number[] {
  const readers: number[] = []
  for (let peer = 0; peer < PEERS; peer++) if ((lock & readerBitOf(peer)) !== 0) readers.push(peer)
  return readers
}

export function writerOf(lock: number): number | undefined {
  const writer = (lock & WRITER_MASK) >>> WRITER_SHIFT
  return writer === 0 ? undefined : writer - 1
}

export function pendingOf(lock: number): number | undefined {
  const pending = (lock & PENDING_MASK) >>> PENDING_SHIFT
  return pending === 0 ? undefined : pending - 1
}

/** Whether a peer is inside, to read or to write. */
export function isHeld(lock: number): boolean {
  return (lock & (READERS_MASK | WRITER_MASK)) !== 0
}

/** Whether a reader must wait: for a writer that is inside, or for one that was first. */
export function keepsReadersOut(lock: number): boolean {
  return (lock & (WRITER_MASK | PENDING_MASK)) !== 0
}

export function hasWriter(lock: number, peer: number): boolean {
  return (lock & WRITER_MASK) === writerFieldOf(peer)
}

export function hasReader(lock: number, peer: number): boolean {
  return (lock & readerBitOf(peer)) !== 0
}

/** The word without any writer. */
export function withoutWriter(lock: number): number {
  return lock & ~WRITER_MASK
}

/** The word without any pending writer. */
export function withoutPending(lock: number): number {
  return lock & ~PENDING_MASK
}

/** The pending field as it stands in the word; 0 when no writer waits first. */
export function pendingFieldIn(lock: number): number {
  return lock & PENDING_MASK
}

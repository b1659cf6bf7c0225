// Makes a watch: a channel that keeps its latest value.

import { type Codec, requireCodec } from './codec.js'
import type { MemLease } from './mem-lease.js'
import { sessionOf } from './primitive-block.js'
import { cellsOf, makeWatch, openWatch, watchBytes } from './watch-block.js'
import { WatchReceiveSteps } from './watch-receive-steps.js'
import { WatchReceiver } from './watch-receiver.js'
import { WatchSendSteps } from './watch-send-steps.js'
import { WatchSender } from './watch-sender.js'

export interface WatchOptions {
  /** Values that a read may lag behind while it goes on: 2 to 16, default 4. */
  readonly cells?: number
}

/** Bytes that a watch of such values takes in the arena: a multiple of 8. Pure. Throws BadArgumentError. */
export function watchByteLength(codec: Codec<unknown>, options: WatchOptions = {}): number {
  requireCodec(codec)
  return watchBytes(codec, cellsOf(options))
}

/**
 * Makes a watch with `initial` as version 0. The caller's session is the sender; other parties attach receivers.
 *
 * ```ts
 * import assert from 'node:assert'
 * import { Fabric, MemBuilder, u32, watch } from 'heddle/primitives/fabric-sync'
 *
 * const options = { arenaBytes: 4096 }
 * const fabric = Fabric.create(new SharedArrayBuffer(Fabric.byteLength(options)), 0, options)
 * const { sender, receiver } = watch(new MemBuilder(fabric).acquire(), 0, u32, 10)
 *
 * assert(receiver.borrow() === 10)
 * sender.send(11)
 * sender.send(12)
 * assert(receiver.recv(100) === 12)
 * ```
 *
 * @param baseOffset in the arena, a multiple of 8
 * @throws BadLayoutError where the bytes are outside the arena, formatted or another primitive's; FabricError `IoError` where the codec throws,
 * `CapacityExceeded` without a free range word, and where the lease is over; BadArgumentError
 */
export function watch<T>(
  lease: MemLease,
  baseOffset: number,
  codec: Codec<T>,
  initial: T,
  options: WatchOptions = {},
): { sender: WatchSender<T>; receiver: WatchReceiver<T> } {
  const session = sessionOf(lease)
  requireCodec(codec)
  const made = makeWatch(session, baseOffset, codec, cellsOf(options), initial)
  // The receiver has buffers of its own.
  const seen = openWatch(session, baseOffset, codec)
  return { sender: new WatchSender(new WatchSendSteps(made)), receiver: new WatchReceiver(new WatchReceiveSteps(seen)) }
}

// The sender of a watch counts its cells from the arena's begin, where the first primitive has its own: right for a watch that lies there, and
// nowhere else.

import type { Codec } from '../../../primitives/fabric-sync/codec.js'
import type { MemLease } from '../../../primitives/fabric-sync/mem-lease.js'
import { makeWatch } from '../../../primitives/fabric-sync/watch-block.js'
import { WatchSendSteps } from '../../../primitives/fabric-sync/watch-send-steps.js'
import { WatchSender } from '../../../primitives/fabric-sync/watch-sender.js'

export function watchFromTheBegin<T>(lease: MemLease, baseOffset: number, codec: Codec<T>, initial: T, options: { readonly cells: number }) {
  const made = makeWatch(lease.session, baseOffset, codec, options.cells, initial)
  const block = { ...made.block, bodyIndex: made.block.bodyIndex - baseOffset / 8 }
  return { sender: new WatchSender(new WatchSendSteps({ ...made, block })) }
}

// A fabric with one watch of 64-bit values, for the scenarios about it. Peer 0 is the sender.

import { WatchWords } from '../../invariants/fabric-sync/watch-words.js'
import { CellAccess } from '../../primitives/fabric-sync/cell.js'
import { type Codec, u64 } from '../../primitives/fabric-sync/codec.js'
import { type MemLease, WatchReceiver, WatchSender } from '../../primitives/fabric-sync/public.js'
import type { Session } from '../../primitives/fabric-sync/session.js'
import { makeWatch, type WatchBlock } from '../../primitives/fabric-sync/watch-block.js'
import { WatchReceiveSteps } from '../../primitives/fabric-sync/watch-receive-steps.js'
import { WatchSendSteps } from '../../primitives/fabric-sync/watch-send-steps.js'
import type { Judged } from '../judged.js'
import { deadlines, type FabricShape, FabricWorld, hostOf, locate } from './fabric-world.js'
import { wordsOfValue } from './mutex-world.js'

/** The pieces of a watch that a variant may replace. */
export interface WatchSubject extends Judged {
  readonly cells: number
  readonly sendSteps: new <T>(watch: WatchBlock<T>) => WatchSendSteps<T>
  readonly receiveSteps: new <T>(watch: WatchBlock<T>) => WatchReceiveSteps<T>
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
}

/** As few cells as may be: a receiver is overtaken soon. */
export const goodWatch: WatchSubject = { cells: 2, sendSteps: WatchSendSteps, receiveSteps: WatchReceiveSteps }

/** The arena begins with the watch. */
const WATCH_BASE = 0
const CODEC: Codec<bigint> = u64
const INITIAL = 0n
export const INITIAL_WORDS = wordsOfValue(INITIAL)

/** A value for each version, the same in both words, so that a mixed value shows. */
export function sentValue(version: number): bigint {
  return 0x1_0000_0001n * BigInt(version)
}

/** A fabric with a watch whose sender is peer 0. */
export class WatchWorld extends FabricWorld {
  readonly watchWords: WatchWords
  readonly sender: WatchSender<bigint>
  /** By peer; of the sender's too. */
  readonly receivers: readonly WatchReceiver<bigint>[]

  constructor(subject: WatchSubject, shape: FabricShape) {
    super(hostOf(shape), shape, subject)
    const owner = this.leases[0] as MemLease
    const made = makeWatch(owner.session, WATCH_BASE, CODEC, subject.cells, INITIAL)
    const receivers: WatchReceiver<bigint>[] = []
    for (const { session } of this.leases) {
      const cell = new CellAccess(session.memory, CODEC)
      receivers.push(new WatchReceiver(new subject.receiveSteps({ session, block: made.block, cell, cells: made.cells })))
    }
    this.watchWords = new WatchWords(this.words, WATCH_BASE, CODEC.byteLength, subject.cells)
    this.sender = new WatchSender(new subject.sendSteps(made))
    this.receivers = receivers
  }
}

/** Where the invariants find the watch. */
export const watchOf = (world: WatchWorld): WatchWords => world.watchWords

/** The fields of a scenario that show the fabric and the watch in reports, and that stop the clock where leases end. */
export const shownWatch = {
  describe: (world: WatchWorld) => ({ ...world.watchWords.describe(), ...world.words.describeLeases() }),
  locate,
  deadlines,
}

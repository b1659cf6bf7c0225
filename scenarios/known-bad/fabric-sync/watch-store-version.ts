// H16: the version is raised by a store. A receiver has closed the channel of a sender whose lease ended; the sender, which had passed its check,
// opens it again with a later value.

import { WatchSendSteps } from '../../../primitives/fabric-sync/watch-send-steps.js'
import { openWord } from '../../../primitives/fabric-sync/watch-word.js'

export class WatchStoreVersion<T> extends WatchSendSteps<T> {
  protected override publish(_word: bigint, version: number): void {
    const { session, block } = this.watch
    const { longs, pair } = session.memory
    const next = openWord(pair, session.reference, version)
    Atomics.store(longs, block.mainIndex, next)
    Atomics.notify(longs, block.mainIndex)
  }
}

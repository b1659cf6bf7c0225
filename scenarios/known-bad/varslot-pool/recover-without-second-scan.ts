// H12: recovery does not ask, after it has walked the list, whether a living peer has popped the slot meanwhile (no N5).

import { PoolSkeleton } from './pool-skeleton.js'

export class RecoverWithoutSecondScanPool extends PoolSkeleton {
  protected override secondScan(): number | undefined {
    return undefined
  }
}

// H11: recovery does not ask, before it walks the list, whether a living peer is about to push the slot (no N3).

import { PoolSkeleton } from './pool-skeleton.js'

export class RecoverWithoutFirstScanPool extends PoolSkeleton {
  protected override firstScan(): number | undefined {
    return undefined
  }
}

// H14: a transaction is refused where it would be a pivot, but not where it makes a pivot of one that has committed.

import { type CommitResult, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class SsiSelfOnlyCoordinator extends WriteCoordinator {
  protected override committedPivotOf(): CommitResult | undefined {
    return undefined
  }
}

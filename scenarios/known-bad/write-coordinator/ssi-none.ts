// H14: snapshot isolation alone. Two transactions that each read what the other writes both commit.

import { type CommitResult, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class SsiNoneCoordinator extends WriteCoordinator {
  protected override selfPivotOf(): CommitResult | undefined {
    return undefined
  }

  protected override committedPivotOf(): CommitResult | undefined {
    return undefined
  }
}

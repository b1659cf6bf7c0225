// H15: a submission is accepted however many are pending.

import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class UnboundedBatchCoordinator extends WriteCoordinator {
  protected override isFull(): boolean {
    return false
  }
}

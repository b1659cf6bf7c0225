// A capsule counts as one of this coordinator where it lies behind what the file held when the coordinator was made. A power failure may have cut the file
// before that, and what is appended since then lies where the lost capsules lay: a transaction of before that names one of those names another's data.

import { CAPSULES, type CapsuleRef, InvalidSubmissionError, WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class CapsuleKnownByPlaceCoordinator extends WriteCoordinator {
  readonly #capsuleFloorBytes = this.storage.size(CAPSULES)

  protected override requireOwnCapsule({ offset }: CapsuleRef): void {
    if (offset >= this.#capsuleFloorBytes) return
    throw new InvalidSubmissionError('capsule', `capsule.offset to be at least ${this.#capsuleFloorBytes}`, `${offset}`)
  }
}

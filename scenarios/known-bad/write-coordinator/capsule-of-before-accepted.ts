// A submission may name any capsule that lies in the file, as the specification has it ("inside the capsule file"). A transaction that wrote its capsule
// before a recovery and submits after it may name bytes that a failed sync or a power failure has taken: the marker leads to them all the same.

import { WriteCoordinator } from '../../../primitives/write-coordinator/public.js'

export class CapsuleOfBeforeAcceptedCoordinator extends WriteCoordinator {
  protected override requireOwnCapsule(): void {}
}

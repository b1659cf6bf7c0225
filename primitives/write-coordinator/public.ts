// The entry of the write coordinator: `heddle/primitives/write-coordinator`.

export { BadArgumentError, BadLayoutError, PrimitiveError, ReleasedError } from '../errors.js'
export { CapsuleLog } from './capsule-log.js'
export { CommitBoard } from './commit-board.js'
export type {
  CapsulePlace,
  CapsuleRef,
  CommitMarker,
  CommitProof,
  CommitResult,
  CommitSeq,
  CommitSubmission,
  OperatingMode,
  PendingCommitState,
  PendingState,
  ReadOnlySubmission,
  SubmitOutcome,
  WriteCoordinatorState,
} from './commit-types.js'
export type { CoordinatorOptions } from './coordinator-options.js'
export {
  CoordinatorBusyError,
  CoordinatorFailedError,
  CorruptLogError,
  InvalidSubmissionError,
  RecoveryRequiredError,
  StorageError,
  type StorageOperation,
} from './errors.js'
export { NodeFileStorage } from './node-file-storage.js'
export { CAPSULES, MARKERS, PROOFS, type Storage } from './storage.js'
export { WriteCoordinator } from './write-coordinator.js'

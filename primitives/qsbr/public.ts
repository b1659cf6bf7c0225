// The entry of the quiescent-state-based reclamation: `heddle/primitives/qsbr`.

export { BadArgumentError, BadLayoutError, CorruptStateError, PrimitiveError, ReleasedError } from '../errors.js'
export {
  AlreadyRegisteredError,
  DeregisterTimeoutError,
  EvictedError,
  ManagerInUseError,
  NotRegisteredError,
  PausedError,
  ReclaimError,
  ReentrancyError,
} from './errors.js'
export type { QsbrOptions } from './layout.js'
export { type ClosedBagState, type ExecutorPhase, type ExecutorState, LocalManager } from './local-manager.js'
export type { Reclaimer } from './retired-bag.js'
export { localManager, SharedManager, type SharedManagerState } from './shared-manager.js'

// The one error class of the fabric. `kind` says what happened to the caller; `code` is its stable name.

import { PrimitiveError } from '../errors.js'

/** The codes, by kind. */
const CODES = {
  /** The fabric was shut down, or the channel closed. */
  Disconnected: 'FABRIC_DISCONNECTED',
  /** The caller's lease timed out, was released, or its slot was reused; or a barrier broke because a member's lease ended. */
  LeaseExpired: 'FABRIC_LEASE_EXPIRED',
  /** The caller's lease was taken away. Taking a new one is the application's decision. */
  Revoked: 'FABRIC_REVOKED',
  /** A newer fence exists, or the lease slot was closed for good. */
  Fenced: 'FABRIC_FENCED',
  /** The arena is too small, or there is no lease slot, no range word, no barrier seat. */
  CapacityExceeded: 'FABRIC_CAPACITY',
  /** The fence space is used up, the clock has run past the lease words, or a codec has another size than the primitive. */
  Unsupported: 'FABRIC_UNSUPPORTED',
  /** A codec threw, or a read of a watch was overtaken too often. */
  IoError: 'FABRIC_IO',
  /** `maxPolls` used up, nothing changed. */
  Timeout: 'FABRIC_TIMEOUT',
  /** This session holds this mutex, or runs this initialiser. */
  AlreadyHeld: 'FABRIC_ALREADY_HELD',
} as const

export type FabricErrorKind = keyof typeof CODES

export interface FabricErrorDetails {
  /** Id of the lease that ended. */
  readonly leaseId?: number
  /** What was thrown inside: an error of a codec. */
  readonly cause?: unknown
}

/** What a call on a fabric throws when its lease, its lock or its peers have changed under it. */
export class FabricError extends PrimitiveError {
  override readonly name: string = 'FabricError'
  readonly kind: FabricErrorKind
  /** Id of the lease that ended: the caller's, or that of the member that broke a barrier. Undefined for kinds that are about no lease. */
  readonly leaseId: number | undefined

  /** @param message expected, got, and what would be right */
  constructor(kind: FabricErrorKind, message: string, details: FabricErrorDetails = {}) {
    super(CODES[kind], message)
    this.kind = kind
    this.leaseId = details.leaseId
    if (details.cause !== undefined) this.cause = details.cause
  }
}

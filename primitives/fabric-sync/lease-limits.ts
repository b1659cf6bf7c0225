// The ranges of what callers say about their leases and calls, and their checks.

import { requireInteger } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import type { Session } from './session.js'

/** In ms: some 24 days. */
export const LEASE_MS_MAX = 2 ** 31 - 1
export const LEASE_MS_DEFAULT = 10_000
export const HOLDER_ID_MAX = 0xffff
export const HOLDER_ID_DEFAULT = 1
const POLLS_MAX = 2 ** 31 - 1

/** Throws BadArgumentError unless `holderId` is that of the session. */
export function requireHolder(session: Session, holderId: number): void {
  requireInteger('holderId', holderId, 1, HOLDER_ID_MAX)
  if (holderId !== session.holderId) throw new BadArgumentError('holderId', holderId, `${session.holderId}, that of the lease`)
}

/** Throws BadArgumentError unless `maxPolls` is an integer from 0 to 2^31 - 1. One poll sleeps up to 1 ms. */
export function requirePolls(maxPolls: number): void {
  requireInteger('maxPolls', maxPolls, 0, POLLS_MAX)
}

// Checks of what callers hand in. Pure; each throws BadArgumentError before anything is written.

import { BadArgumentError } from './errors.js'

/** Whether `value` is an integer from 0 to `limit - 1`. `limit` is at most 2^53. */
export function isBelow(value: unknown, limit: number): value is number {
  return typeof value === 'number' && value >= 0 && value < limit && Math.floor(value) === value
}

/** Throws unless `value` is an integer from `min` to `max`, both included. */
export function requireInteger(argument: string, value: unknown, min: number, max: number): asserts value is number {
  if (typeof value === 'number' && value >= min && value <= max && Math.floor(value) === value) return
  throw new BadArgumentError(argument, value, `an integer from ${min} to ${max}`)
}

/** Throws unless `value` is an object. */
export function requireObject(argument: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null) return
  throw new BadArgumentError(argument, value, 'an object')
}

/** Throws unless `value` is a SharedArrayBuffer, of whichever realm. */
export function requireSharedBuffer(argument: string, value: unknown): asserts value is SharedArrayBuffer {
  if (value instanceof SharedArrayBuffer || Object.prototype.toString.call(value) === '[object SharedArrayBuffer]') return
  throw new BadArgumentError(argument, value, 'a SharedArrayBuffer')
}

/** The longest that a blocking call may be asked to wait, in ms. */
export const WAIT_MS_MAX = 600_000
/** How long a blocking call waits unless told otherwise, in ms. */
export const WAIT_MS_DEFAULT = 1000

/** `options.waitMsMax` with its default, checked: an integer from 0 to 600,000. */
export function waitMsMaxOf(options: { readonly waitMsMax?: number } | undefined): number {
  if (options === undefined) return WAIT_MS_DEFAULT
  requireObject('options', options)
  const waitMsMax = options.waitMsMax
  if (waitMsMax === undefined) return WAIT_MS_DEFAULT
  requireInteger('waitMsMax', waitMsMax, 0, WAIT_MS_MAX)
  return waitMsMax
}

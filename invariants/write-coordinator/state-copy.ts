// The whole state of a coordinator, copied for comparing. To make a text of it takes several times as long, and is done only where copies differ.

import type { Coordinator } from './coordinator-view.js'

/** Nobody changes it any more. */
export interface StateCopy {
  readonly plain: unknown
}

/** The getters, and whatever `inspect` shows. */
export function copyState(coordinator: Coordinator): StateCopy {
  const { state, commitSeqTip, durableSeq, publishedSeq, indexFloor, pendingCount, currentEpoch } = coordinator
  const inspected = copyOf(coordinator.inspect())
  return { plain: { state, commitSeqTip, durableSeq, publishedSeq, indexFloor, pendingCount, currentEpoch, inspected } }
}

export function areEqual(a: StateCopy, b: StateCopy): boolean {
  return isSame(a.plain, b.plain)
}

/** Equal for copies that are equal. */
export function stateText({ plain }: StateCopy): string {
  return JSON.stringify(plain, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

/** Lists, objects and scalars: what JSON would show. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Map || value instanceof Set) return [...value].map(copyOf)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array)
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  const copy: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) if (field !== undefined) copy[key] = copyOf(field)
  return copy
}

/** Whether two copies would be shown alike, the order of their keys included. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b || (Number.isNaN(a) && Number.isNaN(b))
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at]))
  const keys = Object.keys(a)
  const others = Object.keys(b)
  if (keys.length !== others.length) return false
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string
    if (others[at] !== key || !isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
  }
  return true
}

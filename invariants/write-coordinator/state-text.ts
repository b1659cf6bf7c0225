// The whole state of a coordinator as one text, for comparing.

import type { Coordinator } from './coordinator-view.js'

/** Equal for equal states: the getters, and whatever `inspect` shows. */
export function stateText(coordinator: Coordinator): string {
  const { state, commitSeqTip, durableSeq, publishedSeq, indexFloor, pendingCount, currentEpoch } = coordinator
  return JSON.stringify({ state, commitSeqTip, durableSeq, publishedSeq, indexFloor, pendingCount, currentEpoch, inspected: coordinator.inspect() }, plain)
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Map || value instanceof Set) return [...value]
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : value
}

// The same facts for machines: one JSON document on stdout.

import type { CampaignResult, Outcome } from '../../sim/outcome.js'
import type { Stop } from '../context.js'

/** JSON of any value: what JSON cannot say becomes text (`12n`, `[circular]`), typed arrays and sets become arrays, maps pairs. */
export function toJson(value: unknown, spaces = 2): string {
  return JSON.stringify(jsonValue(value, new Set()), undefined, spaces) ?? 'null'
}

/** A campaign's result without the steps of its failure, which `heddle replay --json` shows. */
export function campaignJson(result: CampaignResult): Record<string, unknown> {
  return { ...result, failure: result.failure === undefined ? undefined : outcomeJson(result.failure, false) }
}

/** The document of a command that was ended from outside. */
export function stoppedJson(document: Record<string, unknown>, { exitCode, kind, message }: Stop): string {
  return `${toJson({ ...document, exitCode, error: { kind: kind === 'stalled' ? 'fault' : kind, message } })}\n`
}

export function outcomeJson(outcome: Outcome, withTrace: boolean): Record<string, unknown> {
  const { recording: _, trace, history, ...rest } = outcome
  return withTrace ? { ...rest, trace, history } : rest
}

function jsonValue(value: unknown, above: Set<object>): unknown {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'function':
      return '[function]'
    case 'symbol':
      return value.toString()
    case 'object':
      return value === null ? null : jsonObject(value, above)
    default:
      return value
  }
}

function jsonObject(value: object, above: Set<object>): unknown {
  if (above.has(value)) return '[circular]'
  above.add(value)
  try {
    const each = (item: unknown) => jsonValue(item, above) ?? null
    if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, each)
    if (value instanceof Map) return Array.from(value, ([key, item]) => [each(key), each(item)])
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as Iterable<unknown>, each)
    if (value instanceof Error) return { name: value.name, message: value.message }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item, above)]))
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : String(error)}]`
  } finally {
    above.delete(value)
  }
}

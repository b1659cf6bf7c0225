// One step's operation, one event of the history: as the words of a report.

import { count } from '../../sim/count.js'
import type { Survival } from '../../sim/disk/disk.js'
import type { HistoryEvent } from '../../sim/invariant.js'
import type { Position, TraceStep } from '../../sim/outcome.js'
import { assertNever } from '../assert-never.js'
import { clean } from './text.js'
import { showArguments, showValue } from './value.js'

/** `load meta[3] → 2`, `store meta[3] ← 0`, `cas head 0 → 1 failed, was 2`. */
export function operationText(step: TraceStep): string {
  const location = locationText(step.location)
  const operands = clean(step.operands)
  const result = clean(step.result)
  switch (step.operation) {
    case 'store':
      return join('store', location, operands && `← ${operands}`)
    case 'exchange':
      return join('exchange', location, operands && `← ${operands}`, result && `was ${result}`)
    case 'compareExchange':
      return join('cas', location, operands, swapResult(operands, result))
    case 'add':
    case 'sub':
    case 'and':
    case 'or':
    case 'xor':
      return join(step.operation, location, operands, result && `was ${result}`)
    default:
      return join(clean(step.operation), location, operands, result && `→ ${result}`)
  }
}

/** `this.#words[2]` → `words[2]`: whose words they are, the lane and the line say. */
export function locationText(location: string): string {
  return clean(location.replace(/^this\.#?/, ''))
}

export function isEnvironment(step: TraceStep): boolean {
  return step.lane < 0
}

/** `src/pool.ts:41` → `pool.ts:41`. */
export function positionText(position: Position | undefined): string {
  if (position === undefined) return ''
  return `${clean(position.file.slice(Math.max(position.file.lastIndexOf('/'), position.file.lastIndexOf('\\')) + 1))}:${position.line}`
}

export function eventText(event: HistoryEvent): string {
  const name = clean(event.name)
  switch (event.kind) {
    case 'event':
      return event.data === undefined ? name : `${name} ${showValue(event.data, 48)}`
    case 'enter':
      return `enter ${name}`
    case 'leave':
      return `leave ${name}`
    case 'invoke':
      return `${name}(${showArguments(event.data)})`
    case 'return':
      return event.data === undefined ? `${name} returned` : `${name} → ${showValue(event.data, 48)}`
    case 'throw':
      return `${name} threw ${showValue(event.data, 48)}`
    case 'crash':
      return 'crashes'
    case 'restart':
      return `restarts (incarnation ${event.incarnation})`
    case 'declared dead':
      return 'is declared dead'
    case 'power failure':
      return 'the power fails'
    case 'disk error':
      return `the disk errs: ${errorOfDisk(name)}`
    default:
      return assertNever(event.kind)
  }
}

/** Faults: what the environment did to a peer. */
export function isFault(event: HistoryEvent): boolean {
  return FAULTS.has(event.kind)
}

/** Lines below a power failure. */
const SURVIVALS_SHOWN = 12

const FAULTS: ReadonlySet<HistoryEvent['kind']> = new Set(['crash', 'restart', 'declared dead', 'power failure', 'disk error'])

/** What survived of the disk, a line for each thing that was left to chance. */
export function survivalTexts(event: HistoryEvent): string[] {
  if (event.kind !== 'power failure') return []
  const texts = (event.data as readonly Survival[]).flatMap(({ path, what }) => what.split('; ').map((part) => `${clean(path)}: ${clean(part)}`))
  return texts.length <= SURVIVALS_SHOWN ? texts : [...texts.slice(0, SURVIVALS_SHOWN - 1), `… and ${count(texts.length - SURVIVALS_SHOWN + 1)} more`]
}

function errorOfDisk(name: string): string {
  return name === 'short' ? 'fewer bytes than asked' : name
}

/** A compareExchange was done where it returned what it expected. */
function swapResult(operands: string, result: string): string {
  if (result === '') return ''
  const arrow = operands.indexOf(' → ')
  return arrow >= 0 && operands.slice(0, arrow) === result ? 'done' : `failed, was ${result}`
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

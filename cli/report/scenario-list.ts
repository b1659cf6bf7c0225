// The scenarios that were found, by file.

import { count, plural } from '../../sim/count.js'
import { faultCounts } from '../../sim/faults.js'
import type { Scenario } from '../../sim/scenario.js'
import type { Palette } from './palette.js'
import { clean, list, padEnd, shorten, width, wrap } from './text.js'

export interface ListedScenario {
  readonly scenario: Scenario
  /** Relative to the working folder where possible. */
  readonly file: string
}

/** Pure: lines without trailing newline. */
export function scenarioList(scenarios: readonly ListedScenario[], options: { columns: number; palette: Palette }): string[] {
  const { columns, palette } = options
  const names = fitting(
    scenarios.map(({ scenario }) => clean(scenario.name)),
    Math.floor(columns * 0.38),
  )
  const peers = fitting(
    scenarios.map(({ scenario }) => peersText(scenario)),
    Math.floor(columns * 0.2),
  )
  const faults = fitting(
    scenarios.map(({ scenario }) => faultsText(scenario)),
    Math.floor(columns * 0.2),
  )
  const beside = INDENT + 2 + names + 2 + peers + 2 + faults + 2
  // Where the columns before take too much, invariants stand below.
  const start = columns - beside >= INVARIANTS_WIDTH_MIN ? beside : INDENT + 2
  const lines: string[] = []
  for (const [file, ofFile] of byFile(scenarios)) {
    if (lines.length > 0) lines.push('')
    lines.push(palette.dim(clean(file)))
    for (const { scenario } of ofFile) {
      const bad = scenario.knownBad !== undefined
      const cells = [padEnd(shorten(peersText(scenario), peers), peers), padEnd(shorten(faultsText(scenario), faults), faults)]
      const invariants = wrap(invariantsText(scenario), columns - start)
      if (start === beside) cells.push(invariants.shift() ?? '–')
      const name = padEnd(shorten(clean(scenario.name), names), names)
      lines.push(`  ${bad ? palette.warn('✗') : palette.good('✓')} ${palette.strong(name)}  ${cells.join('  ')}`.trimEnd())
      lines.push(...invariants.map((line) => ' '.repeat(start) + line))
      if (scenario.about !== undefined) lines.push(...wrap(clean(scenario.about), columns - 4).map((line) => palette.dim(`    ${line}`)))
      if (scenario.knownBad !== undefined) lines.push(...wrap(knownBadText(scenario.knownBad), columns - 4).map((line) => palette.warn(`    ${line}`)))
    }
  }
  const bad = scenarios.filter(({ scenario }) => scenario.knownBad !== undefined).length
  lines.push('', `${plural(scenarios.length, 'scenario')}: ${count(scenarios.length - bad)} to pass, ${count(bad)} known bad.`)
  return lines
}

/** The same for machines. */
export function listedJson({ scenario, file }: ListedScenario): Record<string, unknown> {
  return {
    name: scenario.name,
    about: scenario.about,
    file,
    peers: countKinds(scenario),
    faults: { ...faultCounts(), ...scenario.faults },
    clockSkewMsMax: scenario.clockSkewMsMax ?? 0,
    invariants: (scenario.invariants ?? []).map((invariant) => invariant.name),
    sometimes: scenario.sometimes ?? [],
    knownBad: scenario.knownBad,
  }
}

function byFile(scenarios: readonly ListedScenario[]): Map<string, ListedScenario[]> {
  const files = new Map<string, ListedScenario[]>()
  for (const listed of scenarios) {
    const ofFile = files.get(listed.file)
    if (ofFile === undefined) files.set(listed.file, [listed])
    else ofFile.push(listed)
  }
  return files
}

function countKinds(scenario: Scenario): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of scenario.kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function peersText(scenario: Scenario): string {
  if (typeof scenario.peers === 'number') return plural(scenario.peers, 'peer')
  return Object.entries(countKinds(scenario))
    .map(([kind, peers]) => `${count(peers)} ${clean(kind)}`)
    .join(', ')
}

function faultsText(scenario: Scenario): string {
  const { crashes, restarts, falseDeaths, powerFailures, diskErrors } = faultCounts(scenario.faults)
  const { clockSkewMsMax = 0 } = scenario
  const parts = [
    ...(crashes > 0 ? [plural(crashes, 'crash', 'crashes')] : []),
    ...(restarts > 0 ? [plural(restarts, 'restart')] : []),
    ...(falseDeaths > 0 ? [plural(falseDeaths, 'false death')] : []),
    ...(powerFailures > 0 ? [plural(powerFailures, 'power failure')] : []),
    ...(diskErrors > 0 ? [plural(diskErrors, 'disk error')] : []),
    ...(clockSkewMsMax > 0 ? [`clocks ${count(clockSkewMsMax)} ms apart`] : []),
  ]
  return parts.length === 0 ? '–' : parts.join(', ')
}

function invariantsText(scenario: Scenario): string {
  return (scenario.invariants ?? []).map((invariant) => clean(invariant.name)).join(', ')
}

function knownBadText(knownBad: NonNullable<Scenario['knownBad']>): string {
  const because = knownBad.because === undefined ? '' : `: ${clean(knownBad.because)}`
  return `known bad, breaks ${list(knownBad.breaks.map(clean), 'or')}${because}`
}

function fitting(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map(width)))
}

const INDENT = 2
const INVARIANTS_WIDTH_MIN = 24

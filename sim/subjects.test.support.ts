// Subjects for the engine's tests: written by hand with twins, or as source text that goes through the instrumenter.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Body } from './call-stack.js'
import { type CampaignOptions, campaign, executionOptions } from './campaign.js'
import { detailedExecution } from './detailed-execution.js'
import { type DiscoveredScenario, discover } from './discover.js'
import { type ExecutionOptions, execution, SWITCH } from './execution.js'
import { attach } from './instrument/twins.js'
import type { CampaignResult, Outcome } from './outcome.js'
import { ExecutionSeeds, type Seed } from './random-streams.js'
import { settleExecution, startExecution } from './run-execution.js'
import { type PeerHandle, type Scenario, type ScenarioDefinition, scenario } from './scenario.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import type { Strategy } from './strategies/strategy.js'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new empty folder, removed at the end of the process. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-engine-')))
  folders.push(folder)
  return folder
}

/** Writes a scenario file and returns its path. `source` may use `scenario` without importing it. */
export function scenarioFile(source: string, folder: string = temporaryFolder(), name = 'subject.scenario.ts'): string {
  const file = join(folder, name)
  writeFileSync(file, /from 'heddle'/.test(source) ? source : `import { scenario } from 'heddle'\n${source}`)
  return file
}

/** The one scenario of `source`, instrumented. */
export async function subjectFrom(source: string): Promise<DiscoveredScenario> {
  const [subject] = await discover([scenarioFile(source)])
  return subject as DiscoveredScenario
}

/** A scenario whose peers are generators: twins written by hand. */
export function subjectOf<World>(
  definition: Omit<ScenarioDefinition<World>, 'peer'> & { peer: (world: World, me: PeerHandle) => Body },
  name = 'by hand',
): DiscoveredScenario {
  const peer = attach(() => undefined, definition.peer as never)
  return {
    scenario: scenario(name, { ...definition, peer } as ScenarioDefinition<World>) as Scenario,
    file: '/by-hand.scenario.ts',
    packages: [],
    files: [],
    stateful: [],
  }
}

/** One operation of a twin: `yield* op(load(SITE, words, 0))`. */
export function* op<T>(answer: T): Generator<unknown, Exclude<T, symbol>, unknown> {
  return (answer === (SWITCH as unknown) ? yield : answer) as Exclude<T, symbol>
}

/** No site in any source. */
export const SITE = -1

export function sharedWords(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}

export type Options = Partial<ExecutionOptions>

/** Loads `subject` for {@link execute}. */
export function loadSubject(subject: DiscoveredScenario, options: Options = {}): ExecutionOptions {
  const full = { ...executionOptions(subject.scenario, {}, options.lengthEstimate ?? 20), ...options }
  execution.load(subject.scenario, full)
  return full
}

/** One execution of the subject that is loaded, without details. */
export async function execute(seed: Seed, strategy: Strategy): Promise<void> {
  if (startExecution(seed, strategy) === 'microtasks') await settleExecution()
}

/** `count` executions of `subject`; `visit` sees each when it has ended. */
export async function executeMany(subject: DiscoveredScenario, strategy: Strategy, count: number, visit: (seed: Seed) => void, options: Options = {}) {
  loadSubject(subject, options)
  const seeds = new ExecutionSeeds(0x5eed)
  for (let i = 0; i < count; i++) {
    const seed = seeds.next()
    await execute(seed, strategy)
    visit(seed)
  }
}

/** One execution in full. */
export async function outcomeOf(subject: DiscoveredScenario, seed: Seed = 1, strategy: Strategy = new RandomWalk(), options: Options = {}): Promise<Outcome> {
  return detailedExecution(subject, loadSubject(subject, options), seed, strategy)
}

/** A campaign with few executions, if nothing else is said. */
export async function campaignOf(subject: DiscoveredScenario, options: Partial<CampaignOptions> = {}): Promise<CampaignResult> {
  return campaign(subject, { seed: '5eed', strategy: 'random', runs: 300, ...options })
}

/** Ids of the actors, step by step, of the execution that ended. */
export function actorsOfTrace(): number[] {
  return Array.from({ length: execution.trace.steps }, (_, step) => execution.trace.wordAt(step) & 31)
}

export const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  random: () => new RandomWalk(),
  'pct, depth 1': () => new Pct(1),
  'pct, depth 2': () => new Pct(2),
  'pct, depth 3': () => new Pct(3),
  'pct, depth 10': () => new Pct(10),
}

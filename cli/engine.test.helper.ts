// An engine that finds what a test tells it to, and a world around the command line that is all in memory.

import { resolve } from 'node:path'
import type { CampaignResult, Outcome } from '../sim/outcome.js'
import type { Recording } from '../sim/recording.js'
import { type Scenario, scenario } from '../sim/scenario.js'
import { commandLine } from './command-line.js'
import type { Context, Terminal } from './context.js'
import type { CampaignOptions, DiscoveredScenario, Engine } from './engine.js'
import type { ColorLevel } from './report/palette.js'
import { perform } from './task.js'

export function subject(name: string, more: Partial<Scenario> = {}, file = 'scenarios/pool.scenario.ts'): DiscoveredScenario {
  const definition = { peers: 2, setup: () => ({}), peer: () => undefined, invariants: [{ name: 'mutual-exclusion' }], ...more } as Parameters<
    typeof scenario
  >[1]
  return { scenario: scenario(name, definition) as Scenario, file: resolve(file), packages: [] }
}

export function passed(name: string, more: Partial<CampaignResult> = {}): CampaignResult {
  return {
    scenario: name,
    about: undefined,
    file: 'scenarios/pool.scenario.ts',
    strategy: 'random',
    seed: '9f21c4',
    knownBad: false,
    status: 'passed',
    failure: undefined,
    remarks: [],
    insideOneStep: [],
    stateful: [],
    executions: 10_000,
    steps: 290_000,
    distinct: 1204,
    unknown: 0,
    elapsedMs: 32,
    firstFailureAt: undefined,
    ...more,
  }
}

export function failed(outcome: Outcome, more: Partial<CampaignResult> = {}): CampaignResult {
  return passed(outcome.scenario, { status: 'failed', failure: outcome, firstFailureAt: 411, executions: 412, ...more })
}

export interface FakeEngine extends Engine {
  readonly discovered: { paths: readonly string[]; packages: readonly string[] | undefined }[]
  readonly campaigns: { name: string; options: CampaignOptions }[]
}

export interface FakeEngineParts {
  readonly subjects?: readonly DiscoveredScenario[]
  campaign?(subject: DiscoveredScenario, options: CampaignOptions): CampaignResult | Promise<CampaignResult>
  replay?(options: { until?: number }): Outcome
  shrink?(options: { executionsMax?: number; signal?: AbortSignal }): Outcome
  /** Fails to parse, with this message, whatever has a `!` in it. */
  readonly recording?: Partial<Recording>
}

export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

export function fakeEngine(parts: FakeEngineParts = {}): FakeEngine {
  const subjects = parts.subjects ?? [subject('pool')]
  const discovered: FakeEngine['discovered'] = []
  const campaigns: FakeEngine['campaigns'] = []
  return {
    discovered,
    campaigns,
    async discover(paths, options) {
      discovered.push({ paths, packages: options.packages })
      return [...subjects]
    },
    async campaign(found, options) {
      campaigns.push({ name: found.scenario.name, options })
      const { name } = found.scenario
      const result = await (parts.campaign?.(found, options) ?? passed(name))
      return { ...result, strategy: options.strategy }
    },
    async replay(_recording, _subject, options) {
      if (parts.replay === undefined) throw new Error('nothing to replay')
      return parts.replay(options)
    },
    async shrink(_recording, _subject, options) {
      if (parts.shrink === undefined) throw new Error('nothing to make smaller')
      return parts.shrink(options)
    },
    parseRecording(text) {
      if (text.includes('!')) throw new RecordingError('expected a token of 40 characters, got 39; was the last one lost when it was copied?')
      return {
        format: 2,
        heddle: '0.1.0',
        scenario: 'pool',
        file: 'package.json',
        seed: '9f21c4',
        strategy: 'random',
        options: {},
        ...parts.recording,
      } as unknown as Recording
    },
    recordingToken: (recording) => `heddle2-${recording.scenario.length}`,
    recordingFile: (recording) => `{ "scenario": ${JSON.stringify(recording.scenario)} }\n`,
  }
}

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface World {
  readonly engine?: Engine
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly isTTY?: boolean
  readonly columns?: number
  readonly colorLevel?: ColorLevel
  readonly standardInput?: string
  /** What a tick of the clock is, in ms: each look at it advances it. */
  readonly tickMs?: number
  /** Receives the function that acts like Ctrl-C. */
  interruptible?(interrupt: () => void): void
  /** Receives the function that says what stdout is told when the command is ended from outside. */
  stoppable?(answer: Parameters<Context['whenStopped']>[0]): void
}

/** Runs `heddle` with these arguments. */
export async function heddle(argv: readonly string[], world: World = {}): Promise<Said> {
  let out = ''
  let err = ''
  let nowMs = 0
  const terminal = (write: (text: string) => void): Terminal => ({
    write,
    isTTY: world.isTTY ?? false,
    columns: world.columns,
    colorLevel: world.colorLevel ?? 0,
  })
  const context: Context = {
    version: '0.1.0',
    cwd: world.cwd ?? process.cwd(),
    env: world.env ?? {},
    stdout: terminal((text) => {
      out += text
    }),
    stderr: terminal((text) => {
      err += text
    }),
    loadEngine: async () => world.engine ?? fakeEngine(),
    onInterrupt(listener) {
      world.interruptible?.(listener)
      return () => undefined
    },
    whenStopped(answer) {
      world.stoppable?.(answer)
    },
    readStandardInput: async () => world.standardInput ?? '',
    clockMs() {
      nowMs += world.tickMs ?? 1
      return nowMs
    },
    freshSeed: () => 'a1b2c3d4',
  }
  return { code: await commandLine(argv, context, (task) => perform(task, context)), out, err }
}

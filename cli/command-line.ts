// From arguments to a command with its options, or to a sentence that says what is wrong with them.

import yargs, { type Argv, type Options } from 'yargs'
import type { Surroundings } from './context.js'
import type { CampaignOptions } from './engine.js'
import { reportError } from './error-report.js'
import { type ExitCode, exitCode } from './exit-code.js'
import { FAILURES_FOLDER } from './failures-folder.js'
import type { Task } from './task.js'
import { closest, didYouMean, UsageProblem } from './usage-problem.js'
import { choice, durationMs, type Given, integer, seed, several, shown, single } from './values.js'

/** Runs one command, which `perform` does, wherever it does it. Every error ends in an exit code; nothing is thrown. */
export async function commandLine(argv: readonly string[], surroundings: Surroundings, perform: (task: Task) => Promise<ExitCode>): Promise<ExitCode> {
  let task: Task
  try {
    const parsed = await parse(argv, surroundings)
    if (parsed.command === undefined) {
      surroundings.stdout.write(`${parsed.text}\n`)
      return exitCode.passed
    }
    task = taskOf(parsed.command, parsed.given, argv)
  } catch (error) {
    return reportError(error, wantsJson(argv, surroundings), surroundings)
  }
  return perform(task)
}

type Command = 'list' | 'run' | 'replay' | 'shrink'
type GivenOptions = Readonly<Record<string, unknown>>
type Parsed = { readonly command: Command; readonly given: GivenOptions } | { readonly command: undefined; readonly text: string }

async function parse(argv: readonly string[], surroundings: Surroundings): Promise<Parsed> {
  let chosen: Command | undefined
  let problem: string | undefined
  const parser = yargs([...argv])
    .scriptName('heddle')
    .usage('Finds the schedules that break shared-memory code, makes them small, and replays them.\n\n  heddle <command> [options]')
    .detectLocale(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .command('list [paths..]', ABOUT.list, (command) => withOptions(command, 'list', surroundings).positional('paths', PATHS))
    .command('run [paths..]', ABOUT.run, (command) => examples(withOptions(command, 'run', surroundings).positional('paths', PATHS), RUN_EXAMPLES))
    .command('replay <recording>', ABOUT.replay, (command) =>
      examples(withOptions(command, 'replay', surroundings).positional('recording', RECORDING), REPLAY_EXAMPLES),
    )
    .command('shrink <recording>', ABOUT.shrink, (command) =>
      examples(withOptions(command, 'shrink', surroundings).positional('recording', RECORDING), SHRINK_EXAMPLES),
    )
    .strict()
    .alias('help', 'h')
    .version(surroundings.version)
    .example(EXAMPLES)
    .epilogue(EPILOGUE)
    .wrap(Math.min(100, (surroundings.stdout.isTTY && surroundings.stdout.columns) || 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      problem ??= message ?? error.message
    })
  let text = ''
  const given = (await parser.parseAsync([...argv], {}, (_error, _argv, output) => {
    text = output
  })) as GivenOptions
  const word = (given._ as readonly string[] | undefined)?.[0]
  if (word !== undefined && isCommand(word)) chosen = word
  if (problem !== undefined) throw usageProblem(problem, argv, chosen)
  if (text !== '') return { command: undefined, text }
  if (chosen === undefined) {
    surroundings.stderr.write(`${await parser.getHelp()}\n\n`)
    throw new UsageProblem(`expected ${A_COMMAND}, got none`)
  }
  checkFlags(argv, chosen)
  warnOfVariables(surroundings)
  return { command: chosen, given }
}

/** Known before the arguments are parsed: what is wrong with them is to be told in JSON too. */
function wantsJson(argv: readonly string[], surroundings: Surroundings): boolean {
  const last = argv.filter((word) => /^--json(=(true|false))?$/.test(word)).at(-1)
  return last === undefined ? /^(1|true|yes)$/i.test(surroundings.env.HEDDLE_JSON ?? '') : last !== '--json=false'
}

/** yargs takes `--json=3` for false. */
function checkFlags(argv: readonly string[], command: Command): void {
  for (const [name, { type }] of Object.entries(OPTIONS[command])) {
    const word = type === 'boolean' ? argv.find((candidate) => candidate.startsWith(`--${name}=`)) : undefined
    if (word !== undefined && !/=(true|false)$/.test(word)) throw new UsageProblem(`expected --${name} without a value, got ${shown(word)}`)
  }
}

function isCommand(word: string): word is Command {
  return (COMMANDS as readonly string[]).includes(word)
}

function withOptions(parser: Argv, command: Command, surroundings: Surroundings): Argv {
  const options = OPTIONS[command]
  return parser.options(options).config(variables(options, surroundings))
}

function examples(parser: Argv, lines: readonly (readonly [string, string])[]): Argv {
  return parser.example(lines.map(([command, about]) => [command, about] as [string, string]))
}

/**
 * What the environment says: `HEDDLE_SEED` for `--seed`. As yargs' own `.env('HEDDLE')`, except that a variable counts only for the
 * commands that have the option; otherwise `HEDDLE_RUNS` would make `heddle list` refuse to run.
 */
function variables(options: Readonly<Record<string, Options>>, surroundings: Surroundings): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(options)) {
    const value = surroundings.env[variableName(name)]
    if (value === undefined) continue
    if (type !== 'boolean') values[name] = name === 'package' || name === 'scenario' ? value.split(',') : value
    else if (/^(1|true|yes|0|false|no|)$/i.test(value)) values[name] = /^(1|true|yes)$/i.test(value)
    else throw new UsageProblem(`expected ${variableName(name)} to be 1 or 0, got ${shown(value)}`)
  }
  return values
}

function variableName(option: string): string {
  return `${PREFIX}${option.toUpperCase().replaceAll('-', '_')}`
}

/** A misspelt variable would be ignored in silence; an unknown one may be somebody else's. */
function warnOfVariables(surroundings: Surroundings): void {
  const known = new Set(COMMANDS.flatMap((command) => Object.keys(OPTIONS[command]).map((option) => variableName(option).slice(PREFIX.length))))
  for (const name of Object.keys(surroundings.env).sort()) {
    const rest = name.slice(PREFIX.length)
    if (!name.startsWith(PREFIX) || known.has(rest)) continue
    const meant = closest(rest, known)
    if (meant !== undefined) surroundings.stderr.write(`heddle: ${name} is set but means nothing; did you mean ${PREFIX}${meant}?\n`)
  }
}

/** What was given, judged. */
function taskOf(command: Command, given: GivenOptions, argv: readonly string[]): Task {
  const option = (name: string) => given[name] as Given
  const flag = (name: string) => given[name] === true || (Array.isArray(given[name]) && given[name].includes(true))
  // What follows `--` yargs leaves beside the command's name.
  const rest = (given._ as readonly string[]).slice(1)
  const paths = [...((given.paths as readonly string[] | undefined) ?? []), ...rest]
  const packages = several(option('package'))
  const json = flag('json')
  switch (command) {
    case 'list':
      return { command, options: { paths, packages, json } }
    case 'shrink': {
      const recording = recordingOf(given, rest, argv)
      const [runs, out] = [integer('runs', option('runs'), 1), single('out', option('out'))]
      return { command, options: { recording, runs, full: flag('full'), out, file: single('file', option('file')), packages, json } }
    }
    case 'replay': {
      const recording = recordingOf(given, rest, argv)
      const until = integer('until', option('until'), 1)
      return { command, options: { recording, until, full: flag('full'), file: single('file', option('file')), packages, json } }
    }
    case 'run': {
      const strategies = STRATEGIES[choice('strategy', option('strategy'), ['random', 'pct', 'both']) ?? 'both']
      const depth = integer('depth', option('depth'), 1)
      if (depth !== undefined && !strategies.includes('pct'))
        throw new UsageProblem('expected --depth only with the strategy pct, got it with --strategy random')
      return {
        command,
        options: {
          paths,
          scenarios: several(option('scenario')),
          packages,
          seed: seed(option('seed')),
          strategies,
          runs: integer('runs', option('runs'), 1),
          timeMs: durationMs('time', option('time')),
          depth,
          crashes: integer('crashes', option('crashes'), 0),
          stepsMax: integer('steps', option('steps'), 1),
          keepGoing: flag('keep-going'),
          shrink: !flag('no-shrink'),
          out: single('out', option('out')) ?? FAILURES_FOLDER,
          json,
        },
      }
    }
  }
}

function recordingOf(given: GivenOptions, rest: readonly string[], argv: readonly string[]): string {
  if (rest.length > 0) throw new UsageProblem(`expected one recording, got also ${shown(rest.join(' '))}`)
  // yargs makes nothing of a lone dash, which must not be mistaken for an empty word: that would wait for input.
  const recording = String(given.recording) || (argv.includes('-') ? '-' : '')
  if (recording === '') throw new UsageProblem('expected the file of a recording or a token, got an empty word')
  return recording
}

/** What yargs found wrong, in our words. */
function usageProblem(message: string, argv: readonly string[], command: Command | undefined): UsageProblem {
  const missing = /^(?:Not enough arguments following|Missing argument values?): (\S+)/.exec(message)
  if (missing !== null) return new UsageProblem(`expected a value after --${missing[1]}, got nothing`)
  const [, unknown] = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message) ?? []
  if (unknown !== undefined) return unknownArgument(unknown, argv, command)
  if (message.startsWith('Not enough non-option arguments') && takesRecording(command))
    return new UsageProblem(`expected the file of a recording or a token, got nothing; as in: heddle ${command} ${FAILURES_FOLDER}/lock-7f3a.json`)
  return new UsageProblem(message)
}

function unknownArgument(unknown: string, argv: readonly string[], command: Command | undefined): UsageProblem {
  const names = unknown.split(', ')
  const bare = (word: string) => word.replace(/^-+/, '').replace(/=.*$/s, '')
  // `-runs` is four unknown letters to yargs.
  const option = argv.find((word) => word.startsWith('-') && names.includes(bare(word))) ?? argv.find((word) => /^-[a-z]{2}/i.test(word))
  if (option === undefined) {
    if (takesRecording(command)) return new UsageProblem(`expected one recording, got also ${shown(unknown)}`)
    const got = argv.find((word) => !word.startsWith('-')) ?? unknown
    const path = /[./\\]/.test(got) ? `; did you mean heddle run ${got}?` : didYouMean(got, COMMANDS, (name) => `heddle ${name}`)
    return new UsageProblem(`expected ${A_COMMAND}, got ${shown(got)}${path}`)
  }
  const typed = option.replace(/=.*$/s, '')
  if (command === undefined) return new UsageProblem(`expected ${A_COMMAND} and then its options, got ${shown(typed)} without a command`)
  const name = bare(typed)
  const known = [...Object.keys(OPTIONS[command]), 'help', 'version']
  const others = COMMANDS.filter((other) => other !== command && name in OPTIONS[other])
  const oneDash = typed.startsWith('--') || !known.includes(name) ? '' : `; did you mean --${name}?`
  const hint =
    oneDash ||
    (others.length > 0
      ? `; heddle ${others.join(' and heddle ')} ${others.length === 1 ? 'has' : 'have'} it`
      : didYouMean(name, known, (other) => `--${other}`))
  return new UsageProblem(`expected an option of heddle ${command}, got ${shown(typed)}${hint || `; heddle ${command} --help shows them`}`)
}

function takesRecording(command: Command | undefined): boolean {
  return command === 'replay' || command === 'shrink'
}

const PREFIX = 'HEDDLE_'
const COMMANDS = ['list', 'run', 'replay', 'shrink'] as const
const A_COMMAND = 'a command (list, run, replay or shrink)'

const STRATEGIES: Readonly<Record<'random' | 'pct' | 'both', readonly CampaignOptions['strategy'][]>> = {
  random: ['random'],
  pct: ['pct'],
  both: ['random', 'pct'],
}

const ABOUT: Readonly<Record<Command, string>> = {
  list: 'shows the scenarios found, with peers, faults and invariants',
  run: 'explores the scenarios and shows what breaks',
  replay: 'shows a recorded failure again, step by step',
  shrink: 'makes a recorded failure smaller, and says what it cannot do without',
}

const PATHS = {
  type: 'string',
  array: true,
  describe: 'files or folders with scenarios',
  defaultDescription: 'the folder scenarios, else every *.scenario.ts',
} as const
const RECORDING = { type: 'string', describe: 'file of a recording, a token, or - for standard input' } as const

/** All values are read as text and judged in values.ts, so that a sentence can quote what was typed. */
const value = (describe: string): Options => ({ type: 'string', requiresArg: true, describe })
const flag = (describe: string): Options => ({ type: 'boolean', describe })

const FULL = flag('show every step; otherwise stretches without interest are left out')
const FILE = value("the scenario's file, if it is not where the recording says")

const COMMON: Readonly<Record<string, Options>> = {
  package: value('instrument this npm package too; may be repeated'),
  json: flag('write one JSON document to stdout, nothing else'),
}

const OPTIONS: Readonly<Record<Command, Readonly<Record<string, Options>>>> = {
  list: COMMON,
  run: {
    runs: value('executions per scenario and strategy; default 10,000 where no --time is given'),
    time: value('time for the whole run, such as 30s, 500ms or 2m'),
    seed: value('1 to 12 hex digits; default: a new one, which is printed'),
    strategy: value('random, pct or both; default both, one after the other'),
    depth: value('for pct: how many ordering constraints a bug may need'),
    crashes: value('the most crashes in one execution, instead of what scenarios say'),
    steps: value('steps after which an execution is given up'),
    scenario: value('only the scenario of this name, or with this in its name; may be repeated'),
    'keep-going': flag('use up runs or time although something broke'),
    'no-shrink': flag('show failures as they were found, not made smaller'),
    out: value(`folder for the recordings of failures; default ${FAILURES_FOLDER}`),
    ...COMMON,
  },
  shrink: {
    runs: value('the most executions; default 10,000'),
    full: FULL,
    out: value(`folder for the new recording; default that of the given one, else ${FAILURES_FOLDER}`),
    file: FILE,
    ...COMMON,
  },
  replay: {
    until: value('stop after this step'),
    full: FULL,
    file: FILE,
    ...COMMON,
  },
}

const EXAMPLES: [string, string][] = [
  ['heddle run', 'explore all scenarios, 10,000 executions each'],
  ['heddle run src/lock.scenario.ts --time 30s', 'half a minute for one file'],
  ['heddle replay .heddle/failures/lock-7f3a.json', 'see a failure again'],
]
const RUN_EXAMPLES: readonly (readonly [string, string])[] = [
  ['heddle run', 'explore all scenarios, 10,000 executions each'],
  ['heddle run src/lock.scenario.ts --time 30s', 'half a minute for one file'],
  ['heddle run --scenario "spin lock"', 'one scenario, by name'],
  ['heddle run --seed 9f21c4 --runs 1', 'the first execution of a seed again'],
  ['heddle run --strategy pct --depth 4 --crashes 2', 'rare orders, two crashes'],
]
const REPLAY_EXAMPLES: readonly (readonly [string, string])[] = [
  ['heddle replay lock-7f3a.json', 'what matters of a failure'],
  ['heddle replay lock-7f3a.json --full', 'every step of it'],
  ['heddle replay - --until 40 < token.txt', 'a token, up to step 40'],
]
const SHRINK_EXAMPLES: readonly (readonly [string, string])[] = [
  ['heddle shrink lock-7f3a.json', 'what was found with --no-shrink, or by a test'],
  ['heddle shrink lock-7f3a.json --runs 100000', 'the same with more patience'],
]
const EPILOGUE = [
  'Options can come from the environment: HEDDLE_SEED is --seed.',
  'Exit codes: 0 passed, 1 violated, 2 usage, 3 harness fault (non-deterministic, diverged, vacuous,',
  'known-bad not found), 4 unknown (out of steps), 130 stopped with Ctrl-C.',
].join('\n')

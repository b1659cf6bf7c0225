// A failure that anyone can replay: a file that people can read, or a token short enough to paste.
//
// A recording holds what determines an execution, namely the scenario, its options, the seed and every choice, and what the execution
// must do at each choice, so that replay can refuse to drift. The file says it in words: operation and place. The token keeps, of
// each choice, the value, the kind of operation and eight bits of the trace's hash.

import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { FAULT_NAMES } from './faults.js'
import { HEDDLE_VERSION } from './version.js'

export const FORMAT = 2
const TOKEN_PREFIX = `heddle${FORMAT}.`
const CHECKSUM_DIGITS = 8

const optionsSchema = z.object({
  crashes: z.number().int().min(0),
  restarts: z.number().int().min(0),
  falseDeaths: z.number().int().min(0),
  powerFailures: z.number().int().min(0),
  diskErrors: z.number().int().min(0),
  stepsMax: z.number().int().min(1),
  lengthEstimate: z.number().int().min(1),
  packages: z.array(z.string()),
})

const failureSchema = z.object({
  verdict: z.enum(['violated', 'deadlock', 'stuck', 'diverged', 'unknown']),
  name: z.string(),
  message: z.string(),
  step: z.number().int().min(0),
})

const choiceSchema = z.object({
  /** Id of the actor that was picked, or the value that was chosen. */
  value: z.number().int().min(0),
  /** Number of values there were; 0 for a pick. */
  bound: z.number().int().min(0),
  /** Steps before it. */
  step: z.number().int().min(0),
  /** Kind of the operation that the picked actor had pending. */
  kind: z.number().int().min(0),
  /** First digits of the hash of the trace before it. */
  hash: z.string().regex(/^[0-9a-f]{2,8}$/),
  /** What the picked actor was about to do, or what was chosen; absent in a token. */
  expected: z.string().optional(),
  /** `file:line` of that; absent in a token and where there is none. */
  place: z.string().optional(),
})

const statisticsSchema = z.object({
  steps: z.number().int().min(0),
  switches: z.number().int().min(0),
  preemptions: z.number().int().min(0),
  crashes: z.number().int().min(0),
  powerFailures: z.number().int().min(0),
  peers: z.number().int().min(1),
})

const shrunkSchema = z.object({
  from: statisticsSchema,
  executions: z.number().int().min(0),
  necessary: z.array(z.number().int().min(1)),
  bakedInAt: z.number().int().min(0).optional(),
  complete: z.boolean(),
})

const recordingSchema = z.object({
  format: z.literal(FORMAT),
  heddle: z.string(),
  scenario: z.string(),
  file: z.string(),
  seed: z.string().regex(/^[0-9a-f]{1,12}$/),
  strategy: z.string(),
  options: optionsSchema,
  /** Why the execution failed; absent if it passed. */
  failure: failureSchema.optional(),
  /** What it was made from, if it is not as it was found; absent in a token. */
  shrunk: shrunkSchema.optional(),
  steps: z.number().int().min(0),
  traceHash: z.string().regex(/^[0-9a-f]{16}$/),
  /** The instrumented files, relative to the working folder; absent in a token. */
  files: z.array(z.object({ file: z.string(), sha256: z.string() })).optional(),
  choices: z.array(choiceSchema),
})

/** A recorded execution. Field by field in the schema above. */
export type Recording = z.infer<typeof recordingSchema>
export type RecordedChoice = z.infer<typeof choiceSchema>

/** A recording that cannot be used. The message says what was expected and what came. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

/** The text of a recording file: JSON with one line for each choice, and a checksum. */
export function recordingFile(recording: Recording): string {
  const { choices, ...rest } = recording
  const head = JSON.stringify({ ...rest, checksum: checksum(canonical(recording)) }, undefined, 2).replace(/\n}$/, '')
  return `${head},\n  "choices": [\n${choices.map((choice) => `    ${JSON.stringify(choice)}`).join(',\n')}\n  ]\n}\n`
}

/** The recording as a token: one word without blanks. */
export function recordingToken(recording: Recording): string {
  const { scenario, file, seed, strategy, options, failure, steps, traceHash, choices } = recording
  const { stepsMax, lengthEstimate, packages } = options
  const rows = choices.map(({ value, bound, kind, step }, i) => {
    const numbers = [value, bound === 0 ? kind : -bound, step - (choices[i - 1]?.step ?? 0)]
    return numbers.map((number) => number.toString(36)).join('.')
  })
  const content = [
    recording.heddle,
    scenario,
    file,
    seed,
    strategy,
    [...FAULT_NAMES.map((name) => options[name]), stepsMax, lengthEstimate, ...packages],
    failure === undefined ? 0 : [failure.verdict, failure.name, failure.message, failure.step],
    steps,
    traceHash,
    rows.join(' '),
    Buffer.from(choices.map((choice) => Number.parseInt(choice.hash.slice(0, 2), 16))).toString('base64'),
  ]
  const body = deflateRawSync(Buffer.from(JSON.stringify(content)), { level: 9 }).toString('base64url')
  return `${TOKEN_PREFIX}${body}.${checksum(body)}`
}

/**
 * Reads a recording: the content of a file, or a token.
 * Throws {@link RecordingError} if it is of another format, truncated, or edited.
 */
export function parseRecording(text: string): Recording {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) return parseFile(trimmed)
  // Mail and terminals break long words over lines.
  if (/^heddle\d+\./.test(trimmed)) return parseToken(trimmed.replace(/\s+/g, ''))
  throw new RecordingError(
    `expected a recording (a JSON file, or a token that begins with ${TOKEN_PREFIX}), got ${JSON.stringify(trimmed.length > 40 ? `${trimmed.slice(0, 40)}…` : trimmed)}`,
  )
}

function parseFile(text: string): Recording {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new RecordingError(`expected a whole recording, got JSON that breaks off or was edited (${(error as Error).message}); fetch the file again`)
  }
  checkFormat((content as { format?: unknown }).format)
  const { checksum: stated, ...rest } = content as { checksum?: unknown }
  const recording = validated(rest)
  if (stated !== checksum(canonical(recording))) {
    throw new RecordingError(
      'expected the recording as Heddle wrote it, got one that was edited by hand (its checksum does not fit); record the failure again with its seed',
    )
  }
  return recording
}

function parseToken(token: string): Recording {
  const format = Number(/^heddle(\d+)\./.exec(token)?.[1])
  checkFormat(format)
  const body = token.slice(TOKEN_PREFIX.length)
  const dot = body.lastIndexOf('.')
  const packed = body.slice(0, Math.max(0, dot))
  if (dot < 0 || checksum(packed) !== body.slice(dot + 1)) {
    throw new RecordingError(
      `expected a whole token, got one in which a character is missing or changed (${token.length} characters, checksum ${dot < 0 ? 'absent' : 'wrong'}); copy it again`,
    )
  }
  const [heddle, scenario, file, seed, strategy, options, failure, steps, traceHash, rows, hashes] = JSON.parse(
    inflateRawSync(Buffer.from(packed, 'base64url')).toString(),
  ) as TokenContent
  const [crashes, restarts, falseDeaths, powerFailures, diskErrors, stepsMax, lengthEstimate, ...packages] = options
  const hashBytes = Buffer.from(hashes, 'base64')
  let step = 0
  const choices = (rows === '' ? [] : rows.split(' ')).map((row, i): RecordedChoice => {
    const [value, kindOrBound, delta] = row.split('.').map((number) => Number.parseInt(number, 36)) as [number, number, number]
    step += delta
    return { value, bound: Math.max(0, -kindOrBound), step, kind: Math.max(0, kindOrBound), hash: (hashBytes[i] as number).toString(16).padStart(2, '0') }
  })
  return validated({
    format: FORMAT,
    heddle,
    scenario,
    file,
    seed,
    strategy,
    options: { crashes, restarts, falseDeaths, powerFailures, diskErrors, stepsMax, lengthEstimate, packages },
    ...(failure === 0 ? {} : { failure: { verdict: failure[0], name: failure[1], message: failure[2], step: failure[3] } }),
    steps,
    traceHash,
    choices,
  })
}

type TokenContent = [
  string,
  string,
  string,
  string,
  string,
  [number, number, number, number, number, number, number, ...string[]],
  0 | [string, string, string, number],
  number,
  string,
  string,
  string,
]

function checkFormat(format: unknown): void {
  if (format !== FORMAT)
    throw new RecordingError(
      `expected a recording of format ${FORMAT}, got format ${JSON.stringify(format)}; it was made by another version of Heddle than ${HEDDLE_VERSION}, so replay it with that one`,
    )
}

function validated(content: unknown): Recording {
  const answer = recordingSchema.safeParse(content)
  if (answer.success) return answer.data
  const issue = answer.error.issues[0]
  throw new RecordingError(`expected a whole recording, got one whose field "${issue?.path.join('.')}" is not right (${issue?.message})`)
}

/** What the checksum covers, whatever the layout of the file. */
function canonical(recording: Recording): string {
  return JSON.stringify(recordingSchema.parse(recording))
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_DIGITS)
}

// Recordings: the file and the token, and what is wrong with either.

import test from 'ava'
import fc from 'fast-check'
import { parseRecording, type Recording, RecordingError, recordingFile, recordingToken } from './recording.js'

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const count = fc.nat({ max: 1000 })
const text = fc.string({ unit: 'binary', maxLength: 20 })

const choices = fc
  .array(
    fc.oneof(
      fc.record({ value: fc.nat({ max: 31 }), bound: fc.constant(0), kind: fc.nat({ max: 22 }), gap: fc.nat({ max: 40 }), hash: hex(8) }),
      fc.record({ value: fc.nat({ max: 2 ** 31 }), bound: fc.integer({ min: 2, max: 2 ** 32 }), kind: fc.constant(0), gap: fc.nat({ max: 40 }), hash: hex(8) }),
    ),
    { maxLength: 60 },
  )
  .map((drafts) => {
    let step = 0
    return drafts.map(({ gap, ...draft }) => ({ ...draft, step: (step += gap) }))
  })

const recordings: fc.Arbitrary<Recording> = fc
  .record({
    format: fc.constant(2 as const),
    heddle: fc.constantFrom('0.1.0', '2.0.0-beta.1'),
    scenario: text,
    file: text,
    seed: hex(5),
    strategy: fc.constantFrom('random', 'pct'),
    options: fc.record({
      crashes: count,
      restarts: count,
      falseDeaths: count,
      powerFailures: count,
      diskErrors: count,
      stepsMax: fc.integer({ min: 1, max: 2 ** 20 }),
      lengthEstimate: fc.integer({ min: 1, max: 2 ** 20 }),
      packages: fc.array(text, { maxLength: 3 }),
    }),
    failure: fc.option(
      fc.record({ verdict: fc.constantFrom('violated' as const, 'deadlock' as const, 'stuck' as const), name: text, message: text, step: count }),
      { nil: undefined },
    ),
    steps: count,
    traceHash: hex(16),
    files: fc.array(fc.record({ file: text, sha256: hex(64) }), { maxLength: 2 }),
    choices,
  })
  .map(({ failure, ...rest }) => (failure === undefined ? rest : { ...rest, failure }) as Recording)

/** The recording with words for each choice, as the engine writes it. */
const worded = recordings.map((recording) => ({
  ...recording,
  choices: recording.choices.map((choice, i) => ({ ...choice, expected: `peer ${i}: load`, place: 'a.ts:1' })),
}))

test('recording: what is written to a file is read again', (t) => {
  fc.assert(
    fc.property(fc.oneof(recordings, worded), (recording) => {
      t.deepEqual(parseRecording(recordingFile(recording)), recording)
      t.deepEqual(parseRecording(`\n  ${recordingFile(recording)}\n\n`), recording)
    }),
    { seed: 1 },
  )
})

test('recording: what is put in a token is read again, without words', (t) => {
  fc.assert(
    fc.property(fc.oneof(recordings, worded), (recording) => {
      const token = recordingToken(recording)
      t.regex(token, /^heddle2\.[\w-]+\.[0-9a-f]{8}$/)
      const { files: _, ...rest } = recording
      t.deepEqual(parseRecording(token), {
        ...rest,
        choices: recording.choices.map(({ value, bound, kind, step, hash }) => ({ value, bound, kind, step, hash: hash.slice(0, 2) })),
      })
      t.deepEqual(parseRecording(` ${token.slice(0, 30)}\n${token.slice(30)}\r\n`), parseRecording(token), 'broken over two lines')
    }),
    { seed: 1 },
  )
})

test('recording: a token from which a character is missing, or in which one differs, is refused', (t) => {
  fc.assert(
    fc.property(recordings, fc.nat(), fc.constantFrom('a', 'B', '7', '_', '-'), (recording, at, other) => {
      const token = recordingToken(recording)
      const index = at % token.length
      const missing = token.slice(0, index) + token.slice(index + 1)
      t.throws(() => parseRecording(missing), { instanceOf: RecordingError })
      t.throws(() => parseRecording(token.slice(0, index)), { instanceOf: RecordingError })
      if (token[index] !== other) t.throws(() => parseRecording(token.slice(0, index) + other + token.slice(index + 1)), { instanceOf: RecordingError })
    }),
    { seed: 1 },
  )
})

test('recording: a file that breaks off is refused', (t) => {
  fc.assert(
    fc.property(worded, fc.nat(), (recording, at) => {
      const file = recordingFile(recording)
      const cut = file.slice(0, at % (file.trimEnd().length - 1))
      t.throws(() => parseRecording(cut), { instanceOf: RecordingError })
    }),
    { seed: 1 },
  )
})

test('recording: a file that was edited by hand is refused', (t) => {
  const [recording] = fc.sample(
    worded.filter((one) => one.choices.length > 3),
    { seed: 1, numRuns: 1 },
  ) as [Recording]
  const file = recordingFile(recording)
  const edits: [string, string][] = [
    [`"seed": "${recording.seed}"`, '"seed": "abc"'],
    [`"steps": ${recording.steps}`, `"steps": ${recording.steps + 1}`],
    [`"traceHash": "${recording.traceHash}"`, '"traceHash": "0000000000000000"'],
    ['"expected":"peer 1: load"', '"expected":"peer 1: store"'],
    ['"place":"a.ts:1"', '"place":"a.ts:2"'],
  ]
  for (const [before, after] of edits) {
    t.true(file.includes(before), before)
    t.throws(() => parseRecording(file.replace(before, after)), { instanceOf: RecordingError, message: /edited by hand/ }, after)
  }
  t.throws(() => parseRecording(file.replace(/"checksum": ".*",/, '')), { message: /edited by hand/ })
  // Its layout may change: an editor formats the file on saving it.
  t.deepEqual(parseRecording(JSON.stringify(JSON.parse(file))), recording)
})

test('recording: of another format, it names the version to use', (t) => {
  const [recording] = fc.sample(recordings, { seed: 1, numRuns: 1 }) as [Recording]
  t.throws(() => parseRecording(recordingFile(recording).replace('"format": 2', '"format": 3')), { message: /expected a recording of format 2, got format 3/ })
  t.throws(() => parseRecording(recordingToken(recording).replace('heddle2.', 'heddle3.')), { message: /expected a recording of format 2, got format 3/ })
})

test('recording: what is none is refused in one sentence', (t) => {
  for (const what of [
    '',
    'hello',
    '{}',
    '{"a":1}',
    '[]',
    'null',
    'heddle',
    'heddle2.',
    'heddle2..',
    'heddlex.abc',
    '{"format":2}',
    '{"format":2,"choices":[]}',
    'x'.repeat(10_000),
  ]) {
    const error = t.throws(() => parseRecording(what), { instanceOf: RecordingError }, JSON.stringify(what.slice(0, 50)))
    t.regex(error?.message as string, /^expected /)
    t.true((error?.message.length as number) < 400)
  }
})

// The process itself: what only a real one can show.

import { spawn } from 'node:child_process'
import test from 'ava'

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env
  const child = spawn(command, args, { env: { ...rest, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, out, err })))
}

const main = 'dist/cli/main.js'

test('process: a user error is a sentence on stderr and exit code 2; no colour in a pipe', async (t) => {
  t.deepEqual(await run(process.execPath, [main, 'run', '--seed', 'xyz']), {
    code: 2,
    out: '',
    err: 'heddle: expected --seed to be 1 to 12 hex digits, such as 9f21c4, got xyz\n',
  })
})

test('process: FORCE_COLOR colours, NO_COLOR wins over it', async (t) => {
  t.true((await run(process.execPath, [main, 'run', '--seed', 'xyz'], { FORCE_COLOR: '1' })).err.startsWith('\u001b[31mheddle:'))
  t.true((await run(process.execPath, [main, 'run', '--seed', 'xyz'], { FORCE_COLOR: '1', NO_COLOR: '1' })).err.startsWith('heddle:'))
})

test('process: help goes to stdout with exit code 0', async (t) => {
  const { code, out, err } = await run(process.execPath, [main, '--help'])
  t.is(code, 0)
  t.is(err, '')
  t.regex(out, /^Finds the schedules/)
})

test('process: a reader that has read enough is no error', async (t) => {
  const { err } = await run('bash', ['-c', `"${process.execPath}" ${main} --help | true; "${process.execPath}" ${main} run --help | head -1`])
  t.is(err, '')
})

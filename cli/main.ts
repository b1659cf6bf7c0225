#!/usr/bin/env node
// The command `heddle`: hands the process to the command line, and its exit code back.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { supportsColor, supportsColorStderr } from 'chalk'
import { commandLine } from './command-line.js'
import type { Context, Terminal } from './context.js'
import { loadEngine } from './engine.js'
import { exitCode } from './exit-code.js'
import { type ColorLevel, colorLevel } from './report/palette.js'

const listeners = new Set<() => void>()
let interrupted = false

process.on('SIGINT', () => {
  if (interrupted || listeners.size === 0) process.exit(exitCode.interrupted)
  interrupted = true
  for (const listener of listeners) listener()
})

// `heddle … | head`: whoever reads has read enough. 141 is what a shell reports of a process that SIGPIPE ended.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 141 : exitCode.fault)
  })
}

const context: Context = {
  version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
  cwd: process.cwd(),
  env: process.env,
  stdout: terminal(process.stdout, supportsColor ? supportsColor.level : 0),
  stderr: terminal(process.stderr, supportsColorStderr ? supportsColorStderr.level : 0),
  loadEngine,
  onInterrupt(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  readStandardInput,
  clockMs: () => performance.now(),
  freshSeed: () => randomBytes(4).toString('hex'),
}

const code = await commandLine(process.argv.slice(2), context)
// Code of the user's may have left timers behind that would keep the process alive: end it when all is written.
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(code)

function terminal(stream: NodeJS.WriteStream, detected: ColorLevel): Terminal {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns
    },
    colorLevel: colorLevel(process.env, stream.isTTY === true, detected),
  }
}

async function readStandardInput(): Promise<string> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) text += chunk
  return text
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

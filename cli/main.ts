#!/usr/bin/env node
// The command `heddle`: hands the terminal to the command line and the command to a thread of its own, and the exit code back.

import { exitCode } from './exit-code.js'
import { Supervisor } from './supervisor/supervisor.js'

const argv = process.argv.slice(2)
// The thread gets ready while this one loads what reads arguments. Help needs none.
const supervisor = argv.length > 0 && !argv.some((word) => /^(-h|--help|--version|help)$/.test(word)) ? new Supervisor() : undefined

// `heddle … | head`: whoever reads has read enough. 141 is what a shell reports of a process that SIGPIPE ended.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    void leave(error.code === 'EPIPE' ? 141 : exitCode.fault)
  })
}

const { main } = await import('./command-thread.js')
const code = await main(argv, supervisor)
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(code)

async function leave(code: number): Promise<void> {
  await supervisor?.abandon()
  process.exit(code)
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

import fc from 'fast-check'
import { programs, runProgram } from './programs.test.support.js'
import { compare, runAtOnce, runReally, runThroughTwins } from './runner.test.support.js'

const RUNS = 400

compare('parity: generated programs agree with the real file system', (t) => {
  fc.assert(
    fc.property(programs, (commands) => {
      const body = (...[fs, folder, attempt]: Parameters<Parameters<typeof runReally>[0]>) => runProgram(commands, fs, folder, attempt)
      const { folder, lines } = runReally(body)
      const atOnce = runAtOnce(body, folder)
      for (const [index, line] of lines.entries()) if (atOnce[index] !== line) throw new Error(`expected\n${line}\ngot\n${atOnce[index]}`)
      const stepped = runThroughTwins(body, folder)
      for (const [index, line] of lines.entries()) if (stepped[index] !== line) throw new Error(`expected\n${line}\ngot, in steps,\n${stepped[index]}`)
    }),
    { numRuns: RUNS },
  )
  t.pass()
})

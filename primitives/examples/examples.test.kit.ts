// Examples are executed by tests: those in doc comments, and the programs of this folder.

import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** The code of the first example in the doc comments of a file of `primitives/`. */
export function docExampleOf(file: string): string {
  const source = readFileSync(new URL(`../../../primitives/${file}`, import.meta.url), 'utf8')
  const example = /\* ```ts\n([^`]*)\* ```/.exec(source)?.[1]
  if (example === undefined) throw new Error(`expected an example in the doc comments of primitives/${file}, got none`)
  return example.replaceAll(/^ *\* ?/gm, '')
}

/** What a program of this folder prints, by its name: `qsbr`. */
export async function printedBy(name: string): Promise<string> {
  const worker = new Worker(new URL(`./${name}.example.js`, import.meta.url), { stdout: true })
  let printed = ''
  worker.stdout.on('data', (chunk) => {
    printed += chunk
  })
  await new Promise((resolve, reject) => {
    worker.stdout.on('end', resolve)
    worker.on('error', reject)
  })
  return printed
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The `daypass` command lines in the blocks of shell of a guide, as words, in order; of `$(daypass …)` what is inside. */
export async function guideLines(guide: string): Promise<string[][]> {
  const text = await readFile(fileURLToPath(new URL(`../../docs/${guide}.md`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) => (block[1] ?? '').split('\n'));
  return blocks.flatMap((line) => {
    const found = /(?:^|\$\()daypass (.*?)\)?"?$/.exec(line.trim());
    const isInside = line.includes('$(');
    const rest = isInside ? found?.[1] : /^daypass (.*)$/.exec(line.trim())?.[1];
    return rest === undefined ? [] : [words(rest)];
  });
}

/** A command line as a shell splits it: quotes keep blanks, and nothing else is special in the guides. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

/**
 * The page that goes with a bundle: what is in it, and what was replaced.
 */

/** What it says of every bundle; `{…}` is filled in. */
export const README = `alphaess-local bundle

Made by alphaess-local {version} to be shared: what this server knows of what goes wrong, and what its batteries
say, without what is private. It was made on the machine of its owner and sent nowhere.

What is in it
{contents}

What was replaced
- Serial numbers are false ones, such as XX0000000000001, of the same length. The same battery has the same false
  number everywhere in this bundle, and another one in any other bundle.
- Passwords, licences, street, postal code, telephone number, names of Wi-Fi networks, MAC and IP addresses:
  asterisks in the bytes of messages, [private] in texts.
- Of the configuration: each setting is named, with its value where that is a number, a duration or a choice, or what it is
  without being set; of other texts only that they are set.
- {dates}
- Ids of batteries, such as b3f1c2, are those that their owner sees. They cannot be turned back into serial numbers.

Messages
frames.jsonl has one message a line: when, which way, what it is, why it was kept, and its bytes in hexadecimal.
Each message whose bytes were changed has a checksum that was computed anew, so that it can be read again
("checksum_recomputed"); "checksum" is the verdict on what was sent. Those of kind "rebuilt" were written anew
from readings, in the battery's own form. To lay them out: alphaess-local decode frames.hex

Before it was written, every file was searched for each private value that this server knows, of six characters and
more that tell one house from another, as text, in hexadecimal and in base64. None was found. Read it all the same.
`;

export interface ReadmeFacts {
  readonly version: string;
  readonly contents: readonly { readonly name: string; readonly what: string }[];
  readonly areDatesShifted: boolean;
}

export function readmeText({ version, contents, areDatesShifted }: ReadmeFacts): string {
  const width = Math.max(0, ...contents.map(({ name }) => name.length));
  return README.replace('{version}', version)
    .replace('{contents}', contents.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join('\n'))
    .replace(
      '{dates}',
      areDatesShifted
        ? 'All dates were moved back by one number of weeks that is not said; times of day are as they were.'
        : 'Dates and times are as they were.',
    );
}

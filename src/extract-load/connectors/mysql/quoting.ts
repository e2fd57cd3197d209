/** A name as MySQL and MariaDB write it in every SQL mode. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A text whose bytes are the literal: no character of it means anything, whatever the session's character set. */
export const bytesLiteral = (text: string): string => `x'${Buffer.from(text, 'utf8').toString('hex')}'`

/** A mail with one file. Addresses are taken as they are: whoever makes one has checked them. */
export interface MailMessage {
  /** `name <address>` or an address alone. */
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
  /** Left part of the Message-ID: the same for every attempt, so that a mailbox can tell a repetition. */
  id: string;
  date: Date;
  attachment: { name: string; mediaType: string; bytes: Buffer };
}

/** The address of `name <address>`. */
export const addressOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

/**
 * A mail in the form of RFC 5322 with MIME parts (RFC 2045, 2046), all of it ASCII, lines of at most 76 characters ended
 * by CRLF. What a person typed goes into encoded words (RFC 2047), so that no line of theirs becomes a header.
 */
export function mailText(message: MailMessage): string {
  const { from, to, subject, text, id, date, attachment } = message;
  const address = addressOf(from);
  const name = from.slice(0, from.lastIndexOf('<')).trim().replace(/^"|"$/g, '');
  const boundary = `=_${id.replace(/[^A-Za-z0-9]/g, '')}`;
  const fileName = attachment.name.replace(/[^A-Za-z0-9._-]/g, '_');
  const lines = [
    `From: ${name === '' || !from.includes('<') ? address : `${encodedWords(name)} <${address}>`}`,
    `To: ${to.join(',\r\n ')}`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(Buffer.from(text)),
    `--${boundary}`,
    `Content-Type: ${attachment.mediaType}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    base64Lines(attachment.bytes),
    `--${boundary}--`,
    '',
  ];
  return lines.join('\r\n');
}

function base64Lines(bytes: Buffer): string {
  return (
    bytes
      .toString('base64')
      .match(/.{1,76}/g)
      ?.join('\r\n') ?? ''
  );
}

/** RFC 2047: words of at most 75 characters, none cut within a character. */
function encodedWords(text: string): string {
  if (/^[A-Za-z0-9 .,:_/-]*$/.test(text) && text.length <= 60) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}

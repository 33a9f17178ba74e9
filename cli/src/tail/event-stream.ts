/** One server-sent event: its name, its data, and the id to go on from. */
export interface StreamEvent {
  name: string;
  data: string;
  id: string | null;
}

/** Events of a `text/event-stream` body, as they are complete (WHATWG HTML, section 9.2.6). */
export async function* streamEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  let event = blank();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split(/\r\n|\r(?!$)|\n/);
    text = lines.pop()!;
    for (const line of lines) {
      if (line === '') {
        if (event.data !== '') yield { ...event, data: event.data.slice(0, -1) };
        event = blank();
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') event.name = value;
      else if (field === 'data') event.data += `${value}\n`;
      else if (field === 'id') event.id = value;
    }
  }
}

const blank = (): StreamEvent => ({ name: 'message', data: '', id: null });

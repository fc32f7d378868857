const BYTE_ORDER_MARK = '\uFEFF';
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/;
const ATX = /^(#{1,6})(?:[ \t]+(.*))?$/;
const CLOSING_HASHES = /(?:^|[ \t]+)#+[ \t]*$/;
const UNDERLINE = /^(=+|-+)[ \t]*$/;
const THEMATIC_BREAK = /^([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const QUOTE = /^>/;
const ITEM = /^(?:[-+*]|(\d{1,9})[.)])(?:[ \t]+(.*))?$/;
const OPENING_MARKER = /^[ \t]*<!--[ \t]*toc[ \t]*-->[ \t]*$/i;
const CLOSING_MARKER = /^[ \t]*<!--[ \t]*\/toc[ \t]*-->[ \t]*$/i;

/**
 * @typedef {object} Blocks
 * @property {{ level: number, source: string, line: number }[]} headings with their markup
 * @property {{ kind: 'pair' | 'open' | 'close', start: number, end?: number }[]} markers lines of tables of contents, from 0;
 *   `open` and `close` are those without a partner
 */

/**
 * Finds headings and markers.
 *
 * @param {string[]} lines without their ends
 * @returns {Blocks}
 */
export function readBlocks(lines) {
  return new BlockReader(lines).read();
}

class BlockReader {
  #lines;
  #headings = [];
  #markers = [];
  #paragraph = [];
  #inContainer = false;

  constructor(lines) {
    this.#lines = lines.map((line, index) =>
      index === 0 && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line,
    );
  }

  read() {
    let index = frontMatterEnd(this.#lines);
    while (index < this.#lines.length) {
      index = this.#readLine(index);
    }
    return { headings: this.#headings, markers: this.#markers };
  }

  /** Reads the line and whatever begins there; gives the index of the line after it. */
  #readLine(index) {
    const line = this.#lines[index];
    const text = trimBlanks(line);
    if (text === '') {
      this.#endParagraph();
      return index + 1;
    }
    if (indentation(line) >= 4) {
      if (this.#paragraph.length > 0) {
        this.#paragraph.push({ text, index });
      }
      return index + 1;
    }
    return this.#readSpan(index, text) ?? this.#readHeading(index, text);
  }

  /** Fenced code, comments and tables of contents: whatever hides the lines up to its end. */
  #readSpan(index, text) {
    const fence = FENCE.exec(text);
    if (fence) {
      this.#endParagraph();
      return this.#after(index + 1, (line) => closesFence(line, fence[1]));
    }
    if (!text.startsWith('<!--')) {
      return undefined;
    }
    this.#endParagraph();
    const end = this.#readMarker(index);
    if (end !== undefined) {
      return end;
    }
    return text.includes('-->', 4)
      ? index + 1
      : this.#after(index + 1, (line) => line.includes('-->'));
  }

  #readMarker(start) {
    const line = this.#lines[start];
    if (CLOSING_MARKER.test(line)) {
      this.#markers.push({ kind: 'close', start });
    }
    if (!OPENING_MARKER.test(line)) {
      return undefined;
    }
    const end = this.#lines.findIndex((l, index) => index > start && CLOSING_MARKER.test(l));
    if (end === -1) {
      this.#markers.push({ kind: 'open', start });
      return undefined;
    }
    this.#markers.push({ kind: 'pair', start, end });
    return end + 1;
  }

  #readHeading(index, text) {
    const atx = ATX.exec(text);
    const underline = UNDERLINE.exec(text);
    if (atx) {
      this.#endParagraph();
      const source = (atx[2] ?? '').replace(CLOSING_HASHES, '');
      this.#headings.push({ level: atx[1].length, source, line: index + 1 });
    } else if (underline && this.#paragraph.length > 0) {
      const source = this.#paragraph.at(-1).text;
      const level = text.startsWith('=') ? 1 : 2;
      this.#headings.push({ level, source, line: this.#paragraph.at(-1).index + 1 });
      this.#endParagraph();
    } else if (THEMATIC_BREAK.test(text)) {
      this.#endParagraph();
    } else if (this.#beginsContainer(text)) {
      this.#endParagraph();
      this.#inContainer = true;
    } else if (!this.#inContainer) {
      this.#paragraph.push({ text, index });
    }
    return index + 1;
  }

  #beginsContainer(text) {
    if (QUOTE.test(text)) {
      return true;
    }
    const item = ITEM.exec(text);
    if (!item || this.#paragraph.length === 0) {
      return item !== null;
    }
    const [, number, content] = item;
    return Boolean(content) && (number === undefined || Number(number) === 1);
  }

  #endParagraph() {
    this.#paragraph = [];
    this.#inContainer = false;
  }

  #after(start, closes) {
    const end = this.#lines.findIndex((line, index) => index >= start && closes(line));
    return end === -1 ? this.#lines.length : end + 1;
  }
}

function frontMatterEnd(lines) {
  if (!/^---[ \t]*$/.test(lines[0])) {
    return 0;
  }
  return lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)[ \t]*$/.test(line)) + 1;
}

function closesFence(line, opening) {
  const text = trimBlanks(line);
  const same = [...text].every((char) => char === opening[0]);
  return indentation(line) < 4 && same && text.length >= opening.length;
}

function trimBlanks(line) {
  return line.replace(/^[ \t]+|[ \t]+$/g, '');
}

function indentation(line) {
  let width = 0;
  for (const char of /^[ \t]*/.exec(line)[0]) {
    width += char === '\t' ? 4 - (width % 4) : 1;
  }
  return width;
}

/** Adding a book, changing one, its stock, taking it off the shelves. */

import { note } from "../app/announce.js";
import { h } from "../app/dom.js";
import { explain, Problem } from "../app/problem.js";
import { focusHeading, go } from "../app/navigation.js";
import { confirm } from "../components/confirm.js";
import { cover } from "../components/covers/cover.js";
import { field, form } from "../components/form.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { notFound } from "../pages/not-found.js";
import { admin } from "./admin-api.js";
import { office } from "./office.js";

/** @typedef {import("../app/types.js").Book} Book */

/** @param {import("../app/types.js").Place} place */
export default ({ params, signal }) => (params.id === "new" ? adding() : changing(params.id, signal));

const adding = () =>
  office("Add a book", () => ({
    content: h(
      "div",
      { class: "card narrow" },
      form({
        fields: [
          bookFields(null),
          field({ name: "stock_quantity", label: "Copies at hand", type: "number", min: 0, max: 100000, value: 0 }),
        ],
        action: "Add to the catalogue",
        submit: async (values) => {
          const input = inputOf(values);
          const { book_id } = await admin.createBook({
            ...input,
            book_id: idFor(input.isbn),
            stock_quantity: Number(values.stock_quantity),
          });
          note("The book is in the catalogue.");
          go(`/admin/books/${book_id}`);
        },
      }),
    ),
  }));

/** @param {string} id @param {AbortSignal} signal */
const changing = (id, signal) =>
  office("Edit a book", () => {
    /** @type {ReturnType<typeof region>} */
    const part = region({
      skeleton: bars(9),
      load: () => admin.book(id, signal),
      build: (book) => desk(book, () => part.reload()),
      failed: (error) => (error instanceof Problem && error.status === 404 ? notFound("book") : null),
    });
    return { content: part.element, ready: part.ready };
  });

/**
 * The book as the last change left it: the catalogue may answer from a cache for a while.
 *
 * @param {Book} book
 * @param {() => Promise<void>} reload
 */
function desk(book, reload) {
  const element = h("div", { class: "cart" });
  const show = (/** @type {Book} */ now) =>
    element.replaceChildren(
      h("div", { class: "card" }, details(now, changed)),
      h("div", { class: "side" }, cover(now), stockCard(now, changed, reload), removal(now)),
    );
  const changed = (/** @type {Book} */ now) => (show(now), focusHeading());
  show(book);
  return element;
}

/** @param {Book} book @param {(now: Book) => void} changed */
function details(book, changed) {
  const submit = async (/** @type {Record<string, string>} */ values) => {
    changed(await admin.putBook(book.book_id, { ...inputOf(values), stock_quantity: book.stock_quantity }));
    note("Saved.");
  };
  return form({ fields: [bookFields(book)], action: "Save", submit });
}

/** @param {Book} book @param {(now: Book) => void} changed @param {() => Promise<void>} reload */
function stockCard(book, changed, reload) {
  const submit = async (/** @type {Record<string, string>} */ { delta }) => {
    try {
      const now = await admin.changeStock(book.book_id, Number(delta), book.stock_quantity);
      changed(now);
      note(`There are ${now.stock_quantity} copies now.`);
    } catch (error) {
      if (!(error instanceof Problem && error.code === "stock_mismatch")) throw error;
      note("The stock has changed since you looked: nothing was done. Please check it and try again.");
      await reload();
      focusHeading();
    }
  };
  const fields = [
    h("h2", null, `${book.stock_quantity} in stock`),
    field({
      name: "delta",
      label: "Add or take out",
      type: "number",
      min: -100000,
      max: 100000,
      step: 1,
      hint: "−2 takes two copies out.",
    }),
  ];
  return h("div", { class: "card" }, form({ fields, action: "Change stock", submit }));
}

/** @param {Book} book */
const removal = (book) =>
  h(
    "div",
    { class: "card" },
    h("h2", null, "Take it off the shelves"),
    h("p", null, "Orders keep what they say about it."),
    h("button", { type: "button", class: "danger", onclick: () => void remove(book) }, "Delete this book"),
  );

/** @param {Book} book */
async function remove(book) {
  if (
    !(await confirm({
      title: "Delete this book?",
      words: `“${book.title}” leaves the catalogue. This cannot be undone.`,
      yes: "Delete it",
      no: "Keep it",
    }))
  )
    return;
  try {
    await admin.deleteBook(book.book_id);
    note("The book is gone from the catalogue.");
    go("/admin");
  } catch (error) {
    note(explain(error));
  }
}

/** @param {Book | null} book */
const bookFields = (book) => [
  field({ name: "title", label: "Title", maxlength: 255, value: book?.title }),
  field({ name: "author", label: "Author", maxlength: 255, value: book?.author }),
  h(
    "div",
    { class: "pair" },
    field({
      name: "category",
      label: "Category",
      maxlength: 60,
      pattern: "[^#].*",
      title: "anything that does not begin with #",
      value: book?.category,
    }),
    field({ name: "price", label: "Price", type: "number", min: 0, max: 99999.99, step: 0.01, value: book?.price }),
  ),
  field({
    name: "isbn",
    label: "ISBN-13",
    optional: true,
    pattern: "97[89][0-9]{10}",
    title: "13 digits, no hyphens",
    value: book?.isbn,
  }),
  field({
    name: "description",
    label: "Description",
    optional: true,
    input: h("textarea", { rows: 5, maxlength: 4000, value: book?.description ?? "" }),
  }),
  field({
    name: "image_url",
    label: "Cover image",
    optional: true,
    maxlength: 500,
    hint: "A path in this shop, such as /covers/dune.png. Without one the cover is drawn.",
    value: book?.image_url,
  }),
];

/** @param {Record<string, string>} values */
function inputOf({ title, author, category, price, isbn, description, image_url }) {
  return {
    title,
    author,
    category,
    price: Number(price),
    ...(isbn && { isbn }),
    ...(description && { description }),
    ...(image_url && { image_url }),
  };
}

/** @param {string} [isbn] */
const idFor = (isbn) => `book-${isbn || crypto.randomUUID().replaceAll("-", "").slice(0, 13)}`;

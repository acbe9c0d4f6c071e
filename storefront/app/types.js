/**
 * The shapes the API answers with, as `schema/openapi.yaml` has them. Types only: nothing imports this at run time.
 *
 * @typedef {{
 *   book_id: string, category: string, title: string, author: string, isbn: string | null, price: number,
 *   stock_quantity: number, description: string, image_url: string | null, created_at: string, updated_at: string,
 * }} Book
 *
 * What is enough to draw a cover.
 * @typedef {Pick<Book, "book_id" | "category" | "title" | "author" | "image_url">} CoverData
 *
 * @typedef {{books: Book[], next_cursor: string | null}} BookPage
 * @typedef {{name: string, count: number}} Category
 *
 * @typedef {{
 *   book_id: string, category: string, title: string, author: string, image_url: string | null,
 *   price: number, quantity: number, line_total: number, available: number,
 * }} CartItem
 * @typedef {{items: CartItem[], item_count: number, total_amount: number, updated_at: string | null}} Cart
 *
 * What the shop remembers of a visitor: ids of books and words, the latest first.
 * @typedef {{
 *   browsing_history: string[], search_history: string[], preferences: Record<string, string>,
 *   cart_summary: {item_count: number, total_amount: number}, created_at: string, expires_at: string,
 * }} VisitorSession
 *
 * @typedef {{
 *   book_id: string, title: string, change: "price_changed" | "out_of_stock" | "unavailable",
 *   old_price?: number, new_price?: number, available?: number,
 * }} Change
 * @typedef {{book_id: string, title: string, price: number, quantity: number, line_total: number}} OrderItem
 * @typedef {{
 *   items: OrderItem[], subtotal: number, tax: number, shipping: number, total: number, changes: Change[],
 * }} Quote
 *
 * @typedef {"pending" | "confirmed" | "shipped" | "delivered" | "cancelled"} OrderStatus
 * @typedef {"authorised" | "captured" | "voided"} PaymentState
 * @typedef {{street: string, city: string, state?: string, postal_code: string, country: string}} Address
 * @typedef {{
 *   order_id: string, status: OrderStatus, order_date: string, items: OrderItem[], subtotal: number, tax: number,
 *   shipping: number, total: number, shipping_address: Address | null, created_at: string, updated_at: string,
 *   payment?: PaymentState, user_id?: string,
 * }} Order
 * @typedef {{orders: Order[], next_cursor: string | null}} OrderPage
 *
 * What a report has in a row: a day, a category or a book, and its figures.
 * @typedef {{
 *   day?: string, category?: string, book_id?: string, title?: string,
 *   orders?: number, copies?: number, revenue?: number, stock_quantity?: number,
 * }} ReportRow
 * @typedef {{report: string, from: string | null, to: string | null, rows: ReportRow[]}} Report
 *
 * @typedef {{
 *   user_id: string, email: string, first_name: string | null, last_name: string | null, phone: string | null,
 *   address: Address | null, created_at: string, last_login: string, account_status: "active" | "disabled",
 * }} User
 *
 * @typedef {{
 *   phase: string, version: string, currency: string, tax_rate: number, shipping_fee: number,
 *   capabilities: {search: "basic" | "full-text", sessions: boolean, reports: boolean},
 * }} Meta
 *
 * `/config.json`, written by the stack.
 * @typedef {{
 *   phase: string, apiBaseUrl: string, region: string, currency: string,
 *   identity: {endpoint: string, clientId: string},
 * }} Config
 *
 * @typedef {{
 *   type: string, title: string, status: number, code: string, detail: string,
 *   request_id?: string, errors?: string[], changes?: Change[],
 * }} ProblemBody
 *
 * Where the shopper is: a path such as `/books/:id`, its parameters and the query after it.
 * @typedef {{
 *   path: string, params: Record<string, string>, query: URLSearchParams, signal: AbortSignal,
 * }} Place
 *
 * What a page gives the router. `ready` is settled once the page has its full height.
 * @typedef {{title: string, content: Node, ready?: Promise<unknown>}} Page
 */
export {};

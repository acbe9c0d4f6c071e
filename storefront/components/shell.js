/** The parts of the shopfront that every page has. */

import "./account-menu.js";
import "./cart-link.js";
import "./search-box.js";

// What every page loads: htmx for the few places where a part of a page answers without a reload.
import "htmx.org";

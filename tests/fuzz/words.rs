//! Comments that people write, and what they make of the plan.

use crate::spoil::spoiling_text;
use crate::{CASES, holds, tries};

const COMMENTS: [&str; 5] = [
    "/team6 plan",
    "Thanks!\n\n/team6 retry T3\n/team6 status\n\n> /team6 start\n",
    "```\n/team6 start\n```\n/team6 help\n<!-- /team6 plan -->",
    "~~~~ sh\n/team6 start\n~~~\n~~~~\n    /team6 plan\n/team6 start now",
    "/team6 retry\r\n/team6 nonsense T1,T2 \"a title\" after T1\r\n",
];

const PLANS: [&str; 2] = [
    "<!-- team6:plan -->\n**Plan**\n\n- [ ] **T1** tokens <!-- team6:approve T1 0123456789abcdef -->\n\
     - [x] **T2** toggle, approved by ada <!-- team6:approve T2 fedcba9876543210 -->\n\
     - [ ] Approve the whole plan <!-- team6:approve all 0011223344556677 -->\n",
    "- [x] a\r\n- [ ] <!-- team6:approve T1 0123456789abcdef -->\r\n",
];

#[test]
fn a_spoiled_comment_is_obeyed_or_not_and_nothing_else() {
    tries(2 * CASES, spoiling_text(&COMMENTS, 8), |comment| {
        holds::comment(&comment);
        Ok(())
    });
}

#[test]
fn a_spoiled_plan_is_an_edit_and_nothing_else() {
    let inputs = (spoiling_text(&PLANS, 8), spoiling_text(&PLANS, 8), spoiling_text(&PLANS, 3));
    tries(2 * CASES, inputs, |(from, to, page)| {
        holds::plan(&from, &to, &page);
        Ok(())
    });
}

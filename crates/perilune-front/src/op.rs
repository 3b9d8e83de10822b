//! The opcode table: the one place where operations are listed.
//!
//! Code is a sequence of 32-bit words. An instruction is one word `op | A<<8 | B<<16 | C<<24`, followed by one *extra word*
//! where its row says so. [`for_each_op!`] hands every row to a macro; the enum, the operand kinds, the disassembler, the
//! verifier and the dispatch of every tier are made from it.
//!
//! Row: `Name, "mnemonic", A, B, C, extra, "meaning";`
//!
//! Operand kinds ([`Operand`]): `None`, `Write`/`Read`/`ReadWrite` registers, `Const` (index into the constants), `Upvalue`,
//! `Imm` (unsigned), `SImm` (signed byte), `Flag` (0 or 1). `SImm16`, `Const16` in column B span B and C.
//! Registers used beyond those named (call windows, loop state) are given by [`Op`]-specific rules in the verifier.
//!
//! Extra words ([`Extra`]): `None`; `Jump` (signed, relative to the next instruction); `Cache` (index into the prototype's
//! caches, whose entry holds the field name); `Const` and `Proto` (indices); `Imm`.
//!
//! `truthy(x)` means neither nil nor false. `K[i]` is a constant, `R[i]` a register, `U[i]` an upvalue.
//! *Open* results: `C = 0` on a producer (`Call`, `Vararg`) leaves its values up to the stack top; the very next instruction
//! consumes them with `B = 0`.

/// Calls `$m!` with all rows of the table.
#[macro_export]
macro_rules! for_each_op {
    ($m:ident) => {
        $m! {
            // Loads and moves.
            Move, "move", Write, Read, None, None, "R[A] := R[B]";
            LoadInt, "load_int", Write, SImm16, None, None, "R[A] := integer sBx";
            LoadFloat, "load_float", Write, SImm16, None, None, "R[A] := float sBx";
            LoadK, "load_k", Write, Const16, None, None, "R[A] := K[Bx]";
            LoadKX, "load_kx", Write, None, None, Const, "R[A] := K[extra]";
            LoadNil, "load_nil", Write, Imm, None, None, "R[A], …, R[A+B] := nil";
            LoadTrue, "load_true", Write, None, None, None, "R[A] := true";
            LoadFalse, "load_false", Write, None, None, None, "R[A] := false";
            LoadFalseSkip, "load_false_skip", Write, None, None, None, "R[A] := false; skip the next instruction (one word)";
            GetUpvalue, "get_upvalue", Write, Upvalue, None, None, "R[A] := U[B]";
            SetUpvalue, "set_upvalue", Read, Upvalue, None, None, "U[B] := R[A]";

            // Tables. Keys in caches are strings of at most 40 bytes.
            GetGlobal, "get_global", Write, Upvalue, None, Cache, "R[A] := U[B][key of cache]";
            SetGlobal, "set_global", Read, Upvalue, None, Cache, "U[B][key of cache] := R[A]";
            SetGlobalK, "set_global_k", Const, Upvalue, None, Cache, "U[B][key of cache] := K[A]";
            GetField, "get_field", Write, Read, None, Cache, "R[A] := R[B][key of cache]";
            SetField, "set_field", Read, None, Read, Cache, "R[A][key of cache] := R[C]";
            SetFieldK, "set_field_k", Read, None, Const, Cache, "R[A][key of cache] := K[C]";
            GetIndex, "get_index", Write, Read, Read, None, "R[A] := R[B][R[C]]";
            SetIndex, "set_index", Read, Read, Read, None, "R[A][R[B]] := R[C]";
            SetIndexK, "set_index_k", Read, Read, Const, None, "R[A][R[B]] := K[C]";
            GetInt, "get_int", Write, Read, Imm, None, "R[A] := R[B][C]";
            SetInt, "set_int", Read, Imm, Read, None, "R[A][B] := R[C]";
            SetIntK, "set_int_k", Read, Imm, Const, None, "R[A][B] := K[C]";
            GetMethod, "get_method", Write, Read, None, Cache, "R[A+1] := R[B]; R[A] := R[B][key of cache]";
            NewTable, "new_table", Write, None, None, Cache, "R[A] := {} with the sizes of the cache's descriptor";
            SetList, "set_list", Read, Imm, None, Imm, "R[A][extra+i] := R[A+i], 1 <= i <= B (B = 0: up to the top)";

            // Arithmetic on registers.
            Add, "add", Write, Read, Read, None, "R[A] := R[B] + R[C]";
            Sub, "sub", Write, Read, Read, None, "R[A] := R[B] - R[C]";
            Mul, "mul", Write, Read, Read, None, "R[A] := R[B] * R[C]";
            Mod, "mod", Write, Read, Read, None, "R[A] := R[B] % R[C]";
            Pow, "pow", Write, Read, Read, None, "R[A] := R[B] ^ R[C]";
            Div, "div", Write, Read, Read, None, "R[A] := R[B] / R[C]";
            IDiv, "idiv", Write, Read, Read, None, "R[A] := R[B] // R[C]";
            BAnd, "band", Write, Read, Read, None, "R[A] := R[B] & R[C]";
            BOr, "bor", Write, Read, Read, None, "R[A] := R[B] | R[C]";
            BXor, "bxor", Write, Read, Read, None, "R[A] := R[B] ~ R[C]";
            Shl, "shl", Write, Read, Read, None, "R[A] := R[B] << R[C]";
            Shr, "shr", Write, Read, Read, None, "R[A] := R[B] >> R[C]";

            // Arithmetic with a numeric constant on the right.
            AddK, "add_k", Write, Read, Const, None, "R[A] := R[B] + K[C]";
            SubK, "sub_k", Write, Read, Const, None, "R[A] := R[B] - K[C]";
            MulK, "mul_k", Write, Read, Const, None, "R[A] := R[B] * K[C]";
            ModK, "mod_k", Write, Read, Const, None, "R[A] := R[B] % K[C]";
            PowK, "pow_k", Write, Read, Const, None, "R[A] := R[B] ^ K[C]";
            DivK, "div_k", Write, Read, Const, None, "R[A] := R[B] / K[C]";
            IDivK, "idiv_k", Write, Read, Const, None, "R[A] := R[B] // K[C]";
            BAndK, "band_k", Write, Read, Const, None, "R[A] := R[B] & K[C]";
            BOrK, "bor_k", Write, Read, Const, None, "R[A] := R[B] | K[C]";
            BXorK, "bxor_k", Write, Read, Const, None, "R[A] := R[B] ~ K[C]";
            ShlK, "shl_k", Write, Read, Const, None, "R[A] := R[B] << K[C]";
            ShrK, "shr_k", Write, Read, Const, None, "R[A] := R[B] >> K[C]";
            AddI, "add_i", Write, Read, SImm, None, "R[A] := R[B] + sC";
            SubI, "sub_i", Write, Read, SImm, None, "R[A] := R[B] - sC";

            // Arithmetic with a numeric constant on the left.
            KAdd, "k_add", Write, Const, Read, None, "R[A] := K[B] + R[C]";
            KSub, "k_sub", Write, Const, Read, None, "R[A] := K[B] - R[C]";
            KMul, "k_mul", Write, Const, Read, None, "R[A] := K[B] * R[C]";
            KDiv, "k_div", Write, Const, Read, None, "R[A] := K[B] / R[C]";

            // Unary operations and concatenation.
            Neg, "neg", Write, Read, None, None, "R[A] := -R[B]";
            BNot, "bnot", Write, Read, None, None, "R[A] := ~R[B]";
            Not, "not", Write, Read, None, None, "R[A] := not R[B]";
            Len, "len", Write, Read, None, None, "R[A] := #R[B]";
            Concat, "concat", ReadWrite, Imm, None, None, "R[A] := R[A] .. … .. R[A+B-1]; B >= 2";

            // Jumps and tests: the jump is taken when the condition equals the flag.
            Jump, "jump", None, None, None, Jump, "goto";
            Eq, "eq", Read, Read, Flag, Jump, "if (R[A] == R[B]) == C then goto";
            Lt, "lt", Read, Read, Flag, Jump, "if (R[A] < R[B]) == C then goto";
            Le, "le", Read, Read, Flag, Jump, "if (R[A] <= R[B]) == C then goto";
            EqK, "eq_k", Read, Const, Flag, Jump, "if (R[A] == K[B]) == C then goto; K[B] is nil, boolean, number or short string";
            EqI, "eq_i", Read, SImm, Flag, Jump, "if (R[A] == sB) == C then goto";
            LtI, "lt_i", Read, SImm, Flag, Jump, "if (R[A] < sB) == C then goto";
            LeI, "le_i", Read, SImm, Flag, Jump, "if (R[A] <= sB) == C then goto";
            GtI, "gt_i", Read, SImm, Flag, Jump, "if (R[A] > sB) == C then goto";
            GeI, "ge_i", Read, SImm, Flag, Jump, "if (R[A] >= sB) == C then goto";
            Test, "test", Read, None, Flag, Jump, "if truthy(R[A]) == C then goto";
            TestSet, "test_set", Write, Read, Flag, Jump, "if truthy(R[B]) == C then R[A] := R[B], goto";

            // Calls.
            Call, "call", ReadWrite, Imm, Imm, Cache, "R[A], …, R[A+C-2] := R[A](R[A+1], …, R[A+B-1]); B = 0: arguments up to the top; C = 0: open results";
            TailCall, "tail_call", Read, Imm, Flag, Cache, "return R[A](R[A+1], …, R[A+B-1]); C: close upvalues first";
            Return, "return", Read, Imm, Flag, None, "return R[A], …, R[A+B-2]; B = 0: up to the top; C: close upvalues and variables from R[0] first";
            Return0, "return0", None, None, None, None, "return; nothing to close; in vararg functions too";
            Return1, "return1", Read, None, None, None, "return R[A]; nothing to close; in vararg functions too";
            Vararg, "vararg", Write, None, Imm, None, "R[A], …, R[A+C-2] := ...; C = 0: all, open";
            VarargPrep, "vararg_prep", Imm, None, None, None, "set the extra arguments of a vararg function with A parameters aside; first instruction of such a function";
            Closure, "closure", Write, None, None, Proto, "R[A] := closure of child prototype [extra]";

            // Loops. Numeric: R[A] index, R[A+1] remaining iterations or limit, R[A+2] step, R[A+3] the visible variable.
            ForPrep, "for_prep", ReadWrite, None, None, Jump, "check and prepare R[A..A+2], R[A+3] := start; goto if the loop does not run";
            ForLoop, "for_loop", ReadWrite, None, None, Jump, "step; if the loop goes on then R[A+3] := index, goto";
            // Generic: R[A] iterator, R[A+1] state, R[A+2] control, R[A+3] closing value, R[A+4]… the visible variables.
            // The call takes place in R[A+4], R[A+5], R[A+6]: a function has them however few the variables are.
            ForInPrep, "for_in_prep", Read, None, None, Jump, "mark R[A+3] to be closed; goto (the ForInCall)";
            ForInCall, "for_in_call", Read, None, Imm, Cache, "R[A+4], …, R[A+3+C] := R[A](R[A+1], R[A+2]); always followed by ForInLoop with the same A";
            ForInLoop, "for_in_loop", ReadWrite, None, None, Jump, "if R[A+4] ~= nil then R[A+2] := R[A+4], goto";

            // Scopes.
            Close, "close", Read, None, None, None, "close upvalues and to-be-closed variables >= R[A]";
            MarkClose, "mark_close", Read, None, None, None, "mark R[A] as a to-be-closed variable";
        }
    };
}

/// What an operand field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Unused; zero.
    None,
    /// A register that is written.
    Write,
    /// A register that is read.
    Read,
    /// A register that is read and written.
    ReadWrite,
    /// An index into the constants.
    Const,
    /// An index into the constants in 16 bits (B and C).
    Const16,
    /// An index into the upvalues.
    Upvalue,
    /// An unsigned immediate.
    Imm,
    /// A signed 8-bit immediate.
    SImm,
    /// A signed 16-bit immediate (B and C).
    SImm16,
    /// 0 or 1.
    Flag,
}

/// What the word after an instruction means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// There is none.
    None,
    /// A signed offset in words, relative to the next instruction.
    Jump,
    /// An index into the prototype's caches.
    Cache,
    /// An index into the constants.
    Const,
    /// An index into the child prototypes.
    Proto,
    /// An unsigned number.
    Imm,
}

macro_rules! define_ops {
    ($($name:ident, $mnemonic:literal, $a:ident, $b:ident, $c:ident, $extra:ident, $doc:literal;)*) => {
        /// An operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $(#[doc = $doc] $name,)* }

        impl Op {
            /// All operations, by number.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];

            /// The name in listings.
            #[must_use]
            pub const fn mnemonic(self) -> &'static str {
                match self { $(Op::$name => $mnemonic,)* }
            }

            /// What it does, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Op::$name => $doc,)* }
            }

            /// The kinds of A, B and C.
            #[must_use]
            pub const fn operands(self) -> [Operand; 3] {
                match self { $(Op::$name => [Operand::$a, Operand::$b, Operand::$c],)* }
            }

            /// The kind of the word that follows.
            #[must_use]
            pub const fn extra(self) -> Extra {
                match self { $(Op::$name => Extra::$extra,)* }
            }
        }
    };
}
for_each_op!(define_ops);

impl Op {
    /// The operation with number `byte`, if there is one.
    #[must_use]
    pub fn from_u8(byte: u8) -> Option<Op> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// The words an instruction of this kind takes: 1 or 2.
    #[must_use]
    pub const fn words(self) -> usize {
        match self.extra() {
            Extra::None => 1,
            _ => 2,
        }
    }
}

/// An instruction's first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Instr(pub u32);

impl Instr {
    /// An instruction from its fields.
    #[must_use]
    pub const fn abc(op: Op, a: u8, b: u8, c: u8) -> Self {
        Self(op as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24)
    }

    /// An instruction whose B and C form one unsigned number.
    #[must_use]
    pub const fn abx(op: Op, a: u8, bx: u16) -> Self {
        Self(op as u32 | (a as u32) << 8 | (bx as u32) << 16)
    }

    /// An instruction whose B and C form one signed number.
    #[must_use]
    pub const fn asbx(op: Op, a: u8, sbx: i16) -> Self {
        Self::abx(op, a, sbx as u16)
    }

    /// The operation; `None` in malformed code.
    #[must_use]
    pub fn op(self) -> Option<Op> {
        Op::from_u8(self.0 as u8)
    }

    /// The operation's number.
    #[must_use]
    pub const fn opcode(self) -> u8 {
        self.0 as u8
    }

    /// Field A.
    #[must_use]
    pub const fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Field B.
    #[must_use]
    pub const fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// Field C.
    #[must_use]
    pub const fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// B and C as an unsigned number.
    #[must_use]
    pub const fn bx(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// B and C as a signed number.
    #[must_use]
    pub const fn sbx(self) -> i16 {
        (self.0 >> 16) as i16
    }

    /// B as a signed number.
    #[must_use]
    pub const fn sb(self) -> i8 {
        self.b() as i8
    }

    /// C as a signed number.
    #[must_use]
    pub const fn sc(self) -> i8 {
        self.c() as i8
    }
}

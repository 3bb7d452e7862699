using System;
using System.Collections.Generic;
using Instruction = Toa.Tool.Capture.PacketFilter.Instruction;

namespace Toa.Tool.Capture;

/// <summary>Writes a classic BPF program (linux/filter.h). Its jumps go to labels instead of distances.</summary>
internal sealed class FilterProgram
{
    private const ushort Jump = 0x05;

    private readonly List<(ushort Code, uint Value, Label? IfTrue, Label? IfFalse)> _instructions = [];

    public FilterProgram Add(ushort code, uint value = 0)
    {
        _instructions.Add((code, value, null, null));
        return this;
    }

    /// <summary>A conditional jump. A label that is null is the next instruction.</summary>
    public FilterProgram If(ushort code, uint value, Label? then = null, Label? otherwise = null)
    {
        _instructions.Add((code, value, then, otherwise));
        return this;
    }

    public FilterProgram GoTo(Label label)
    {
        _instructions.Add((Jump, 0, label, null));
        return this;
    }

    /// <summary>Gives a label to the next instruction.</summary>
    public FilterProgram At(Label label)
    {
        label.Position = _instructions.Count;
        return this;
    }

    /// <exception cref="OverflowException">A conditional jump is longer than 255 instructions, or goes back.</exception>
    public Instruction[] Build()
    {
        Instruction[] program = new Instruction[_instructions.Count];
        for (int i = 0; i < program.Length; i++)
        {
            (ushort code, uint value, Label? then, Label? otherwise) = _instructions[i];
            int Distance(Label? label) => label is null ? 0 : label.Position - i - 1;
            program[i] = code == Jump
                ? new Instruction(code, checked((uint)Distance(then)))
                : new Instruction(code, value, checked((byte)Distance(then)), checked((byte)Distance(otherwise)));
        }

        return program;
    }

    /// <summary>An instruction to which others jump.</summary>
    internal sealed class Label
    {
        public int Position { get; set; } = -1;
    }
}
